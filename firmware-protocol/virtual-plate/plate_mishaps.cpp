// The running plate misbehaves: PlateRun's part that plate_control.hpp's words lead to, and the account of it.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

#include "firmware-protocol/virtual-plate/plate_run.hpp"

namespace heeldrop::virtual_plate {
namespace {

/// How long a pulled plug waits for the host to read what was on the line, so that both know what arrived: long enough for a
/// host that has other things to do, and not for ever for one that never reads.
constexpr double drain_patience_s = 20.0;

double rounded(double seconds) {
    return std::round(seconds * 1e6) / 1e6;
}

}  // namespace

std::string PlateRun::controlled(std::string_view line) {
    if (line == "help")
        return describe_control() + "ok";
    try {
        const ControlLine control = parse_control(line);
        if (std::holds_alternative<mishap::Pause>(control.what) && setup_.pace == Pace::real)
            throw ControlError("true time cannot be stopped; only a plate with --pace flat-out can");
        if (std::holds_alternative<mishap::Account>(control.what))
            return account().dump();
        if (is_load(control.what) && dynamic_cast<Weights*>(source_.get()) == nullptr)
            throw ControlError("a person does the script here; loads are for a plate with --weights");
        if (control.at)
            due_.emplace(control.at->value, control);
        else
            undergo(control.what, control.text);
        return "ok";
    } catch (const ControlError& error) {
        return fmt::format("error: {}", error.what());
    } catch (const WeightsError& error) {
        return fmt::format("error: {}", error.what());
    }
}

void PlateRun::mishaps_due() {
    while (!due_.empty() && due_.begin()->first <= when_s_) {
        const ControlLine control = due_.begin()->second;
        due_.erase(due_.begin());
        try {
            undergo(control.what, control.text);
        } catch (const WeightsError& error) {
            fmt::print(stderr, "heeldrop-plate: '{}' at {:.2f} s: {}\n", control.text, when_s_, error.what());
        }
    }
    if (random_ && when_s_ >= random_next_s_) {
        random_next_s_ += random_mean_s_ * random_->uniform(0.5, 1.5);
        const ControlLine control = parse_control(random_mishap(*random_, setup_.rate));
        undergo(control.what, control.text);
    }
}

void PlateRun::handle_load(const Mishap& mishap, const std::string& text) {
    auto& weights = dynamic_cast<Weights&>(*source_);
    handle(mishap, Seconds{when_s_}, weights);
    const Load load = weights.settled();
    auto cells = nlohmann::ordered_json::array();
    for (const Newtons n : cells_under(load))
        cells.push_back(rounded(n.value));
    const auto pad = [](const Foot& foot) -> nlohmann::ordered_json {
        return {{"force_n", rounded(foot.force_n)}, {"x_mm", rounded(foot.cop_x_mm)}, {"y_mm", rounded(foot.cop_y_mm)}};
    };
    truth_.load_changed({{"t_s", rounded(first_s_ ? next_s_ - *first_s_ : 0.0)},
                         {"index", device_.next_index()},
                         {"what", text},
                         {"standing", weights.standing()},
                         {"left", pad(load.left)},
                         {"right", pad(load.right)},
                         {"cells_n", std::move(cells)}});
}

void PlateRun::undergo(const Mishap& mishap, const std::string& text) {
    if (is_load(mishap))
        handle_load(mishap, text);
    if (setup_.verbose)
        fmt::print(stderr, "{:9.2f} s  ! {}\n", when_s_, text);
    did_.push_back({{"t_s", rounded(first_s_ ? next_s_ - *first_s_ : 0.0)}, {"what", text}});
    const auto take = [this](const auto& m) {
        using M = std::decay_t<decltype(m)>;
        if constexpr (std::is_same_v<M, mishap::Line>) {
            disturbed_.disturb(m.fault, m.count);
        } else if constexpr (std::is_same_v<M, mishap::Garbage>) {
            disturbed_.insert_garbage(m.bytes);
        } else if constexpr (std::is_same_v<M, mishap::GarbleHello>) {
            disturbed_.garble_hello(m.count);
        } else if constexpr (std::is_same_v<M, mishap::Stall>) {
            stalled_until_s_ = plate_now() + m.length.value;
        } else if constexpr (std::is_same_v<M, mishap::Hang>) {
            device_.flush();
            pass_on();
            hangs_until_s_ = next_s_ + m.length.value;
        } else if constexpr (std::is_same_v<M, mishap::Pause>) {
            paused_ = m.begins;
        } else if constexpr (std::is_same_v<M, mishap::Reboot>) {
            reboot(m.length.value);
        } else if constexpr (std::is_same_v<M, mishap::Unplug>) {
            device_.flush();
            pass_on();
            unplug_ = m;
            stalled_until_s_ = 0.0;  // what waits for the line goes first
            unplug_asked_s_ = wall_s();
            quiet_looks_ = 0;
        } else if constexpr (std::is_same_v<M, mishap::Cell>) {
            undergo_cell(m);
        } else if constexpr (std::is_same_v<M, mishap::Serial>) {
            boot_.serial = m.text;
        } else if constexpr (std::is_same_v<M, mishap::Converter>) {
            boot_.converter = m.text;
        } else if constexpr (std::is_same_v<M, mishap::ProtocolMajor>) {
            boot_.protocol_major = static_cast<std::uint8_t>(m.major);
        } else if constexpr (std::is_same_v<M, mishap::FirstTick>) {
            boot_.first_tick = m.tick;
        } else if constexpr (std::is_same_v<M, mishap::ClockError>) {
            set_clock(m.percent);
        } else if constexpr (std::is_same_v<M, mishap::ClockBack>) {
            device_.flush();
            pass_on();
            device_.set_clock_back(m.length);
            ++clock_jumps_;
        } else if constexpr (std::is_same_v<M, mishap::Random>) {
            random_.reset();
            if (m.seed != 0)
                random_.emplace(m.seed, 62);
            random_mean_s_ = m.mean.value;
            random_next_s_ = when_s_ + m.mean.value;
        }
    };
    std::visit(take, mishap);
}

void PlateRun::undergo_cell(const mishap::Cell& m) {
    using What = mishap::Cell::What;
    const auto samples = static_cast<unsigned>(std::abs(m.amount));
    switch (m.what) {
        case What::saturate:
            return cell_faults_.saturate(m.cell, samples);
        case What::freeze:
            return cell_faults_.freeze(m.cell, samples);
        case What::kill:
            return cell_faults_.kill(m.cell, samples);
        case What::mute:
            return cell_faults_.mute(m.cell, samples);
        case What::spike:
            return cell_faults_.spike(m.cell, samples, m.counts_away);
        case What::noise:
            return cell_faults_.noise(m.cell, Newtons{m.amount});
        case What::drift:
            return cell_faults_.drift(m.cell, Newtons{m.amount});
        case What::heal:
            return cell_faults_.heal(m.cell);
    }
}

/// What the frame under way holds still goes out; then the counters begin anew, and HELLO comes after the delay.
void PlateRun::reboot(double delay_s) {
    device_.flush();
    pass_on();
    disturbed_.booted();
    ++boot_.boot_id;
    device_ = PlateDevice(boot_);
    was_streaming_ = false;
    ++boots_;
    if (in_true_time()) {
        boot_at_s_ = plate_now() + delay_s;
        return;
    }
    next_s_ += delay_s;
    boot_at_s_ = next_s_;
}

void PlateRun::look_at_port() {
    if (unplug_) {
        const bool read = !line_ || (disturbed_.out().empty() && line_->unread() == 0);
        quiet_looks_ = read ? quiet_looks_ + 1 : 0;
        if (quiet_looks_ >= 3 || wall_s() - unplug_asked_s_ > drain_patience_s)
            pull_plug();
    }
    if (back_at_s_ && plate_now() >= *back_at_s_)
        plug_in();
    if (boot_at_s_ && !back_at_s_ && plate_now() >= *boot_at_s_) {
        boot_at_s_.reset();
        clock_true_s_ = plate_now();
        clock_device_s_ = 0.0;
        device_.boot();
        pass_on();
        write_line();
    }
}

void PlateRun::pull_plug() {
    quiet_looks_ = 0;
    const mishap::Unplug unplugged = *unplug_;
    unplug_.reset();
    // The next terminal is made before this one goes, so that it gets another name, as after a kicked cable.
    next_line_ = std::make_unique<PseudoTerminal>();
    line_.reset();
    disturbed_.port_changed();
    if (!unplugged.keeps_power)
        reboot(unplugged.length.value);
    back_at_s_ = unplugged.keeps_power || in_true_time() ? plate_now() + unplugged.length.value : next_s_;
}

void PlateRun::plug_in() {
    back_at_s_.reset();
    line_ = std::move(next_line_);
    disturbed_.port_changed();
    if (!setup_.link.empty())
        line_->link(setup_.link);
    host_awaited_ = device_.streaming();
    fmt::print(stderr, "heeldrop-plate: now on {}\n", line_->path());
}

void PlateRun::set_clock(double percent) {
    clock_device_s_ = device_time(next_s_);
    clock_true_s_ = next_s_;
    clock_rate_ = 1.0 + percent / 100.0;
}

nlohmann::ordered_json PlateRun::account() const {
    using Json = nlohmann::ordered_json;
    constexpr const char* corners[] = {"FL", "FR", "RL", "RR"};
    const LineAccount& line = disturbed_.account();
    const auto since_first = [this](double t) { return rounded(t - first_s_.value_or(t)); };
    double gap_s = 0.0;
    Json gaps = Json::array(), cells = Json::array();
    for (const LineGap& gap : line.gaps) {
        gap_s += (gap.to - gap.from).value;
        gaps.push_back({{"from_s", since_first(gap.from.value)},
                        {"to_s", since_first(gap.to.value)},
                        {"lost_samples", gap.new_boot ? Json(nullptr) : Json(gap.lost_samples)},
                        {"new_boot", gap.new_boot}});
    }
    for (std::size_t c = 0; c < cell_count; ++c)
        cells.push_back({{"pad", c < 4 ? "left" : "right"},
                         {"corner", corners[c % 4]},
                         {"saturated", line.cells[c].saturated},
                         {"invalid", line.cells[c].invalid},
                         {"frozen", line.cells[c].frozen},
                         {"spikes", line.cells[c].spikes}});
    return {{"schema", "heeldrop.account/1"},
            {"boots", boots_},
            {"line",
             {{"samples", line.samples},
              {"bad_frames", line.damaged_frames},
              {"lost_frames", line.lost_frames},
              {"lost_samples", line.lost_samples},
              {"unordered_samples", line.unordered_samples},
              {"clock_jumps", clock_jumps_},
              {"gaps", line.gaps.size()},
              {"gap_s", rounded(gap_s)}}},
            {"gaps", std::move(gaps)},
            {"cells", std::move(cells)},
            {"did", did_}};
}

void PlateRun::write_account(const std::string& path, const nlohmann::ordered_json& account) {
    const std::string fresh = path + ".part";
    std::ofstream out(fresh);
    out << account.dump(1) << '\n';
    out.close();
    if (!out || std::rename(fresh.c_str(), path.c_str()) != 0)
        throw std::runtime_error("the account file " + path + " cannot be written");
}

}  // namespace heeldrop::virtual_plate
