// From feet to cells; see load_source.hpp.
#include "firmware-protocol/virtual-plate/load_source.hpp"

namespace heeldrop::virtual_plate {

CellForces cells_under(const Load& load) {
    CellForces forces;
    std::size_t first = 0;
    for (const Foot* foot : {&load.left, &load.right}) {
        const auto cells = cells_of(Newtons{foot->force_n}, Millimetres{foot->cop_x_mm}, Millimetres{foot->cop_y_mm});
        for (std::size_t i = 0; i < cells.size(); ++i)
            forces[first + i] = cells[i];
        first += cells.size();
    }
    return forces;
}

}  // namespace heeldrop::virtual_plate
