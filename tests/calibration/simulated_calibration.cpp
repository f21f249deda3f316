#include "tests/calibration/simulated_calibration.hpp"

namespace heeldrop::calibration::test {
namespace {

constexpr double interval_s = 1.0 / 64.0;
constexpr std::array<double, 5> series_kg{20, 40, 60, 80, 100};
/// On the marks at 80 % of the way to the cells.
constexpr double corner_x = 72.0, corner_y = 104.0, corner_kg = 40.0;

}  // namespace

std::vector<Cell> described_cells() {
    std::vector<Cell> cells;
    for (const Pad pad : {Pad::left, Pad::right})
        for (std::size_t k = 0; k < 4; ++k)
            cells.push_back({pad, static_cast<Corner>(k), Millimetres{virtual_plate::corner_x_mm[k]},
                             Millimetres{virtual_plate::corner_y_mm[k]}, virtual_plate::cell_capacity,
                             virtual_plate::nominal_gain});
    return cells;
}

Bench::Bench(const virtual_plate::PlateTruth& truth, std::uint64_t seed, Hand hand)
    : bank_(truth, seed), random_(seed, 70), hand_(hand) {
    seen.cells = described_cells();
    mass_factor_ = 1.0 + random_.uniform(-hand.mass, hand.mass);
    seen.tolerance.mass = Fraction{std::max(1e-5, hand.mass)};
    seen.tolerance.position = Millimetres{std::max(0.1, hand.position_mm)};
}

virtual_plate::CellForces Bench::forces() const {
    virtual_plate::CellForces forces{};
    const auto four = virtual_plate::cells_of(Newtons{load_n_}, Millimetres{x_}, Millimetres{y_});
    for (std::size_t k = 0; k < 4; ++k)
        forces[k + (loaded_ == Pad::right ? 4 : 0)] = four[k];
    return forces;
}

void Bench::wait(double s) {
    for (const double end = t_ + s; t_ < end; t_ += 2.0)
        bank_.convert(Seconds{t_}, forces());
}

MeanReading Bench::read(double s) {
    std::vector<TimedReading> samples;
    for (const double end = t_ + s; t_ < end; t_ += interval_s) {
        const auto counts = bank_.convert(Seconds{t_}, forces());
        TimedReading sample{Seconds{t_}, {}};
        std::copy(counts.begin(), counts.end(), sample.reading.counts.begin());
        samples.push_back(sample);
    }
    return mean_reading(samples, seen.cells.size()).value();
}

void Bench::read_empty(double wait_s) {
    load_n_ = 0.0;
    wait(wait_s);
    seen.empties.push_back(read(5.0));
}

void Bench::place(Pad pad, Role role, double kg, double x, double y) {
    Placement p;
    p.number = static_cast<int>(seen.placements.size()) + 1;
    p.role = role;
    p.pad = pad;
    p.mass = Kilograms{kg};
    p.x = Millimetres{x};
    p.y = Millimetres{y};
    loaded_ = pad;
    x_ = x + random_.uniform(-hand_.position_mm, hand_.position_mm);
    y_ = y + random_.uniform(-hand_.position_mm, hand_.position_mm);
    if (blunder)
        blunder(p.number, kg, x_, y_);
    load_n_ = kg * mass_factor_ * seen.gravity.value;
    wait(8.0);
    p.reading = read(5.0);
    seen.placements.push_back(p);
}

void Bench::hold(Pad pad, double kg, double minutes) {
    Hold hold;
    hold.pad = pad;
    hold.mass = Kilograms{kg};
    loaded_ = pad;
    x_ = y_ = 0.0;
    load_n_ = kg * mass_factor_ * seen.gravity.value;
    hold.loaded = Seconds{t_};
    for (wait(15.0); t_ < hold.loaded.value + 60.0 * minutes; wait(55.0))
        hold.readings.push_back(read(5.0));
    hold.readings.push_back(read(5.0));
    seen.holds.push_back(hold);
    read_empty(300.0);
}

void Bench::stand(Pad pad, double kg) {
    loaded_ = pad;
    x_ = y_ = 5.0;
    load_n_ = kg * seen.gravity.value;
    wait(5.0);
    seen.spots.push_back({pad, Kilograms{kg}, read(5.0)});
    read_empty(10.0);
}

void Bench::calibrate(Pad pad, double hold_minutes) {
    for (const double kg : series_kg)
        place(pad, Role::up, kg, 0, 0);
    for (std::size_t i = series_kg.size(); i-- > 0;)
        place(pad, Role::down, series_kg[i], 0, 0);
    read_empty();
    for (const double x : {-corner_x, corner_x})
        for (const double y : {corner_y, -corner_y}) {
            place(pad, Role::corner, corner_kg, x, y);
            read_empty();
        }
    place(pad, Role::verify, corner_kg, corner_x, 0);
    place(pad, Role::verify, corner_kg, -corner_x, 0);
    place(pad, Role::verify, corner_kg, 0, corner_y);
    place(pad, Role::verify, corner_kg, 0, -corner_y);
    read_empty();
    place(pad, Role::repeat, 40.0, 0, 0);
    read_empty();
    hold(pad, series_kg.back(), hold_minutes);
}

void Bench::exercise(Pad pad) {
    loaded_ = pad;
    x_ = y_ = 0.0;
    load_n_ = series_kg.back() * seen.gravity.value;
    wait(30.0);
    load_n_ = 0.0;
    wait(60.0);
}

void Bench::calibrate_plate(double hold_minutes) {
    exercise(Pad::left);
    exercise(Pad::right);
    read_empty(0.0);
    read_empty(60.0);
    calibrate(Pad::left, hold_minutes);
    calibrate(Pad::right, hold_minutes);
    stand(Pad::left, 80.0);
    stand(Pad::right, 80.0);
}

std::array<double, max_cells> Bench::fresh(Pad pad, double newtons, double x, double y) {
    if (!has_fresh_zero_) {
        load_n_ = 0.0;
        wait(600.0);
        fresh_zero_ = read(1.0).mean;
        has_fresh_zero_ = true;
    }
    load_n_ = 0.0;
    wait(2.0);
    fresh_zero_ = read(1.0).mean;
    loaded_ = pad;
    load_n_ = newtons;
    x_ = x;
    y_ = y;
    auto counts = read(1.0).mean;
    for (std::size_t c = 0; c < counts.size(); ++c)
        counts[c] -= fresh_zero_[c];
    return counts;
}

}  // namespace heeldrop::calibration::test
