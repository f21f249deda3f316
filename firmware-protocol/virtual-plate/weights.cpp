// See weights.hpp.
#include "firmware-protocol/virtual-plate/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "firmware-protocol/virtual-plate/performance.hpp"

namespace heeldrop::virtual_plate {
namespace {

constexpr double never_s = std::numeric_limits<double>::infinity();
constexpr const char* visitor_name = "person";

/// From 0 to 1 within the hand's time.
double let_down(double since_s) {
    const double x = std::clamp(since_s / Weights::handling.value, 0.0, 1.0);
    return x * x * (3.0 - 2.0 * x);
}

/// Forces and moments of one pad, summed.
struct Sum {
    double n = 0.0, nx = 0.0, ny = 0.0;
    void add(double newtons, double x_mm, double y_mm) {
        n += newtons;
        nx += newtons * x_mm;
        ny += newtons * y_mm;
    }
    Foot foot() const { return n > 0.0 ? Foot{n, nx / n, ny / n} : Foot{}; }
};

}  // namespace

Weights::Visitor::Visitor(Kilograms of, Stance where, double from, std::uint64_t seed)
    : mass(of),
      stance(where),
      from_s(from),
      body(std::make_unique<Performance>(parse_script("step_on,quiet:60"), draw_person(seed, of), Limits{}, seed)) {}
Weights::Visitor::~Visitor() = default;
Weights::Visitor::Visitor(Visitor&&) noexcept = default;

Weights::Weights(MetresPerSecond2 gravity, std::uint64_t seed)
    : gravity_(gravity.value), end_s_(never_s), seed_(seed) {}
Weights::~Weights() = default;

Weights::Standing& Weights::find(const std::string& name) {
    const auto found = loads_.find(name);
    if (found == loads_.end())
        throw WeightsError(fmt::format("there is no load '{}' on the plate", name));
    return found->second;
}

void Weights::lift(Standing& load, double t) {
    load.piece.up_from_s = t;
    leaving_.push_back(load.piece);
}

void Weights::place(Seconds t, const std::string& name, Kilograms mass, Place where) {
    if (name == visitor_name)
        throw WeightsError("'person' is no name for a weight; 'person KG left|right|both' lets somebody step on");
    if (loads_.count(name) != 0)
        throw WeightsError(fmt::format("'{}' stands on the plate already; move or take it", name));
    if (loads_.size() == most_loads)
        throw WeightsError(fmt::format("{} loads stand on the plate already; take one off", most_loads));
    loads_[name] = {mass, {mass.value * gravity_, where, t.value, never_s}};
}

void Weights::move(Seconds t, const std::string& name, Place where) {
    Standing& load = find(name);
    lift(load, t.value);
    load.piece.where = where;
    load.piece.down_from_s = t.value + handling.value + carrying.value;
    load.piece.up_from_s = never_s;
}

void Weights::take(Seconds t, const std::string& name) {
    if (name == visitor_name) {
        if (!visitor_)
            throw WeightsError("nobody stands on the plate");
        leaving_visitor_ = std::move(visitor_);
        visitor_leaves_s_ = t.value;
        return;
    }
    lift(find(name), t.value);
    loads_.erase(name);
}

void Weights::person(Seconds t, Kilograms mass, Stance stance) {
    if (visitor_)
        throw WeightsError("somebody stands on the plate already; 'take person' first");
    visitor_ = std::make_unique<Visitor>(mass, stance, t.value, seed_ + visitors_++);
}

Load Weights::load_at(Seconds t) {
    std::array<Sum, 2> pads;
    const auto add = [&](const Piece& piece) {
        const double part = let_down(t.value - piece.down_from_s) * (1.0 - let_down(t.value - piece.up_from_s));
        pads[piece.where.pad].add(piece.newtons * part, piece.where.x.value, piece.where.y.value);
    };
    for (const auto& [name, load] : loads_)
        add(load.piece);
    std::erase_if(leaving_, [&](const Piece& piece) { return t.value > piece.up_from_s + handling.value; });
    for (const Piece& piece : leaving_)
        add(piece);

    const auto stand = [&](Visitor& visitor, double part) {
        // The body knows standard gravity; its sway scales with it.
        part *= gravity_ / standard_gravity.value;
        const Load feet = visitor.body->load_at(Seconds{std::max(0.0, t.value - visitor.from_s)});
        const auto pad_of = [&](std::size_t own) {
            return visitor.stance == Stance::both ? own : visitor.stance == Stance::left ? 0u : 1u;
        };
        pads[pad_of(0)].add(part * feet.left.force_n, feet.left.cop_x_mm, feet.left.cop_y_mm);
        pads[pad_of(1)].add(part * feet.right.force_n, feet.right.cop_x_mm, feet.right.cop_y_mm);
    };
    if (visitor_)
        stand(*visitor_, 1.0);
    if (leaving_visitor_) {
        stand(*leaving_visitor_, 1.0 - let_down(t.value - visitor_leaves_s_));
        if (t.value > visitor_leaves_s_ + handling.value)
            leaving_visitor_.reset();
    }
    return {pads[0].foot(), pads[1].foot()};
}

nlohmann::ordered_json Weights::standing() const {
    auto list = nlohmann::ordered_json::array();
    for (const auto& [name, load] : loads_)
        list.push_back({{"name", name},
                        {"kg", load.mass.value},
                        {"pad", load.piece.where.pad == 0 ? "left" : "right"},
                        {"x_mm", load.piece.where.x.value},
                        {"y_mm", load.piece.where.y.value}});
    if (visitor_)
        list.push_back({{"name", visitor_name},
                        {"kg", visitor_->mass.value},
                        {"stance", visitor_->stance == Stance::left    ? "left"
                                   : visitor_->stance == Stance::right ? "right"
                                                                       : "both"}});
    return list;
}

Load Weights::settled() const {
    std::array<Sum, 2> pads;
    for (const auto& [name, load] : loads_)
        pads[load.piece.where.pad].add(load.piece.newtons, load.piece.where.x.value, load.piece.where.y.value);
    return {pads[0].foot(), pads[1].foot()};
}

}  // namespace heeldrop::virtual_plate
