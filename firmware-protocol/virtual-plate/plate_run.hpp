// The plate at work: device, electronics and whoever stands on it, on a pseudo-terminal, in true time or flat out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "firmware-protocol/virtual-plate/cell_faults.hpp"
#include "firmware-protocol/virtual-plate/control_socket.hpp"
#include "firmware-protocol/virtual-plate/disturbed_line.hpp"
#include "firmware-protocol/virtual-plate/electronics_cells.hpp"
#include "firmware-protocol/virtual-plate/force_log.hpp"
#include "firmware-protocol/virtual-plate/load_source.hpp"
#include "firmware-protocol/virtual-plate/plate_control.hpp"
#include "firmware-protocol/virtual-plate/plate_device.hpp"
#include "firmware-protocol/virtual-plate/pty.hpp"
#include "firmware-protocol/virtual-plate/stop_signals.hpp"
#include "firmware-protocol/virtual-plate/truth_file.hpp"

namespace heeldrop::virtual_plate {

class Performance;

enum class Pace {
    real,      ///< as a plate does: what the line has no room for is lost and counted
    flat_out,  ///< as fast as the host reads; nothing is lost; the plate's time stands still while it is stopped
};

struct RunSetup {
    Pace pace = Pace::real;
    Converter converter = Converter::hx711;
    Hertz rate{80.0};
    Disturbances disturbances;
    std::optional<PlateTruth> cells;  ///< instead of the usual electronics, which then time the samples only
    std::uint64_t seed = 1;
    /// An empty plate in true time until a line comes on standard input, which may name the prescribed leg. What is
    /// sent from the script's first instant on does not depend on how long that took.
    bool hold_until_enter = false;
    bool stay = false;  ///< stream on after the end, in true time, until a signal comes
    bool loop = false;
    bool verbose = false;
    std::vector<Seconds> own_times;  ///< sample at these script times instead of the converter's
    Prescribed side = Prescribed::right;
    /// Whoever stands on the plate, for the n-th time round.
    std::function<std::unique_ptr<LoadSource>(int round, Prescribed side)> source;
    std::string truth_path;    ///< empty: none
    std::string link;          ///< the terminal's other name; empty: none
    std::string control_path;  ///< empty: none
    std::string account_path;  ///< empty: none
    std::string forces_path;   ///< empty: none
    std::vector<ControlLine> mishaps;
};

class PlateRun {
 public:
    PlateRun(const RunSetup& setup, const DeviceSetup& device, std::unique_ptr<PseudoTerminal> line,
             const StopSignals& stop, TruthFile truth);

    /// Until the script is over and read to the last byte, or a stop signal. Single-threaded; waits in poll().
    /// Throws std::system_error, ScriptError and what the truth file throws.
    void run();

    /// What was done to the stream so far (README.md, "Misbehaving").
    nlohmann::ordered_json account() const;

 private:
    void begin_streaming();
    void produce(bool room);
    CellCounts convert(Seconds when);
    void send_sample(const CellCounts& counts, bool room);
    void begin_script();
    void schedule();
    void finish_round();
    void generate();
    void read_standard_input();
    void release(const std::string& line);
    static void write_account(const std::string& path, const nlohmann::ordered_json& account);
    double wall_s() const;
    double plate_now() const;
    bool in_true_time() const;
    int wait_ms();
    void write_truth(bool complete);
    void write_account_if_wanted() const;
    void pass_on();
    void write_line();
    void wait_for_something();

    // plate_mishaps.cpp
    std::string controlled(std::string_view line);
    void mishaps_due();
    void undergo(const Mishap& mishap, const std::string& text);
    void handle_load(const Mishap& mishap, const std::string& text);
    void undergo_cell(const mishap::Cell& cell);
    void reboot(double delay_s);
    void look_at_port();
    void pull_plug();
    void plug_in();
    void set_clock(double percent);
    double device_time(double t) const { return clock_device_s_ + (t - clock_true_s_) * clock_rate_; }
    bool powered() const { return !boot_at_s_; }
    bool room() const { return line_ && disturbed_.out().size() < queue_full; }

    static constexpr std::size_t queue_full = 4096;  ///< bytes waiting for the line, beside what the terminal holds

    RunSetup setup_;
    DeviceSetup boot_;  ///< as it boots the next time
    PlateDevice device_;
    std::unique_ptr<PseudoTerminal> line_, next_line_;  ///< none while unplugged; then the next one waits
    DisturbedLine disturbed_;
    CellFaults cell_faults_;
    std::unique_ptr<ControlSocket> control_;
    const StopSignals& stop_;
    TruthFile truth_;
    Electronics electronics_, waiting_;
    std::optional<CellBank> cells_, waiting_cells_;
    std::unique_ptr<ForceLog> forces_;
    std::optional<SampleClock> clock_;
    std::unique_ptr<LoadSource> source_;

    bool holding_, was_streaming_ = false, ended_ = false, stopped_ = false, input_open_;
    std::string input_;  ///< the line that is being typed
    int starts_ = 0, rounds_ = 0, quiet_looks_ = 0;
    double wall_origin_ = 0.0;  ///< wall time at which the plate booted, or would have
    double next_s_ = 0.0;       ///< plate time of the next sample, in whole ticks
    double when_s_ = 0.0;       ///< its script time; to the last bit the same wherever in plate time the script began
    double clock_s_ = 0.0;      ///< where the converter's clock stood for it
    double script_s_ = 0.0;     ///< plate time of the script's first instant, of this round
    double begun_s_ = 0.0;      ///< of the first round
    std::size_t own_ = 0;
    double last_status_s_ = 0.0;

    std::multimap<double, ControlLine> due_;  ///< by script time
    std::optional<Random> random_;            ///< for random mishaps, the mean time between them and the next one
    double random_mean_s_ = 0.0, random_next_s_ = 0.0;
    double stalled_until_s_ = 0.0, hangs_until_s_ = 0.0;  ///< plate time
    bool paused_ = false;
    std::optional<double> boot_at_s_;       ///< plate time of the HELLO after a reset or at the return of the power
    std::optional<mishap::Unplug> unplug_;  ///< asked for: as soon as the line has been read to its last byte
    double unplug_asked_s_ = 0.0;           ///< wall time
    std::optional<double> back_at_s_;       ///< unplugged until then
    bool host_awaited_ = false;             ///< flat out: nothing is produced before a host has found the new port
    /// The plate's clock against true time: device_time().
    double clock_true_s_ = 0.0, clock_device_s_ = 0.0, clock_rate_ = 1.0;
    double device_s_ = 0.0;  ///< the next sample's time since boot
    std::optional<double> first_s_;
    int boots_ = 1, clock_jumps_ = 0;
    nlohmann::ordered_json did_ = nlohmann::ordered_json::array();
};

}  // namespace heeldrop::virtual_plate
