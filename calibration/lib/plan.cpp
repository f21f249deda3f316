#include "calibration/lib/plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace heeldrop::calibration {
namespace {

constexpr Seconds preload_time{30.0}, after_preload{60.0}, between_loads{20.0}, zero_return_time{300.0},
    after_person{10.0};

struct Mark {
    double x, y;
};

/// At mark_of_lever of the pad's levers.
std::array<Mark, 8> marks_of(const std::vector<Cell>& cells, Pad pad) {
    double x = 0.0, y = 0.0;
    for (const std::size_t c : cells_of_pad(cells, pad)) {
        x = std::max(x, std::abs(cells[c].x.value));
        y = std::max(y, std::abs(cells[c].y.value));
    }
    x = std::round(mark_of_lever.value * x);
    y = std::round(mark_of_lever.value * y);
    return {{{-x, y}, {x, y}, {-x, -y}, {x, -y}, {x, 0.0}, {-x, 0.0}, {0.0, y}, {0.0, -y}}};
}

class Writer {
 public:
    explicit Writer(Plan& plan) : plan_(plan) {}

    void add(StepKind kind, Pad pad, std::optional<Kilograms> mass, Seconds duration) {
        Step step;
        step.kind = kind;
        step.pad = pad;
        step.mass = mass;
        step.duration = duration;
        plan_.steps.push_back(step);
    }
    void empty(Seconds duration) { add(StepKind::empty, Pad::left, std::nullopt, duration); }
    void place(Pad pad, Role role, Kilograms mass, Mark at = {0.0, 0.0}) {
        add(StepKind::place, pad, mass, {});
        Step& step = plan_.steps.back();
        step.role = role;
        step.x = Millimetres{at.x};
        step.y = Millimetres{at.y};
        step.placement = ++number_;
    }

 private:
    Plan& plan_;
    int number_ = 0;
};

}  // namespace

MassRange masses_of(StepKind kind) {
    return kind == StepKind::person ? MassRange{Kilograms{15.0}, Kilograms{250.0}}
                                    : MassRange{Kilograms{0.1}, Kilograms{500.0}};
}

std::string_view name_of(StepKind kind) {
    switch (kind) {
        case StepKind::warm_up:
            return "warm_up";
        case StepKind::preload:
            return "preload";
        case StepKind::empty:
            return "empty";
        case StepKind::place:
            return "place";
        case StepKind::hold:
            return "hold";
        case StepKind::person:
            return "person";
    }
    return "?";
}

bool bears_load(StepKind kind) {
    return kind != StepKind::warm_up && kind != StepKind::empty;
}

bool reads_load(StepKind kind) {
    return kind == StepKind::place || kind == StepKind::hold || kind == StepKind::person;
}

std::string describe(const Step& s) {
    const std::string pad(name_of(s.pad));
    switch (s.kind) {
        case StepKind::warm_up:
            return "nothing on the plate: it warms up";
        case StepKind::empty:
            return "nothing on the plate";
        case StepKind::preload:
        case StepKind::hold:
            return fmt::format("{:g} kg on the centre of the {} pad, left alone", s.mass->value, pad);
        case StepKind::place:
            return s.x.value == 0.0 && s.y.value == 0.0
                       ? fmt::format("{:g} kg on the centre of the {} pad", s.mass->value, pad)
                       : fmt::format("{:g} kg on the {} pad, at x {:g}, y {:g} mm", s.mass->value, pad, s.x.value,
                                     s.y.value);
        case StepKind::person:
            return s.mass ? fmt::format("the person of {:g} kg with both feet on the {} pad, still", s.mass->value, pad)
                          : fmt::format("a person of known mass with both feet on the {} pad, still", pad);
    }
    return "?";
}

std::optional<std::size_t> Plan::step_of(int placement) const {
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (placement > 0 && steps[i].placement == placement)
            return i;
    return std::nullopt;
}

Kilograms corner_mass(const std::vector<Kilograms>& masses) {
    const auto heavy =
        std::find_if(masses.begin(), masses.end(), [&](Kilograms m) { return m / masses.back() >= 0.35; });
    return *heavy;
}

Plan standard_plan(const StandardLoads& loads, const std::vector<Cell>& cells) {
    const auto& masses = loads.masses;
    const Kilograms corner = loads.corner.value_or(corner_mass(masses)), largest = masses.back();
    Plan plan;
    plan.name = fmt::format("standard, {:g} to {:g} kg", masses.front().value, largest.value);
    Writer write(plan);
    const Pad pads[] = {Pad::left, Pad::right};
    if (loads.warm_up.value > 0.0)
        write.add(StepKind::warm_up, Pad::left, std::nullopt, loads.warm_up);
    for (const Pad pad : pads)
        write.add(StepKind::preload, pad, largest, preload_time);
    write.empty(after_preload);
    write.empty(after_preload);
    for (const Pad pad : pads) {
        for (const Kilograms mass : masses)
            write.place(pad, Role::up, mass);
        // The largest belongs to both series and is put on once.
        for (std::size_t i = masses.size() - 1; i-- > 0;)
            write.place(pad, Role::down, masses[i]);
        write.empty(between_loads);
        const auto marks = marks_of(cells, pad);
        for (std::size_t k = 0; k < 4; ++k) {
            write.place(pad, Role::corner, corner, marks[k]);
            write.empty(between_loads);
        }
        for (std::size_t k = 4; k < marks.size(); ++k)
            write.place(pad, Role::verify, corner, marks[k]);
        write.empty(between_loads);
        const auto again =
            std::find(masses.begin(), masses.end(), corner) != masses.end() ? corner : masses[masses.size() / 2];
        write.place(pad, Role::repeat, again);
        write.empty(between_loads);
        write.add(StepKind::hold, pad, largest, loads.hold);
        write.empty(zero_return_time);
    }
    for (const Pad pad : pads) {
        write.add(StepKind::person, pad, loads.person, {});
        write.empty(after_person);
    }
    return plan;
}

}  // namespace heeldrop::calibration
