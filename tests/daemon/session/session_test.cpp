// A session's life around its reps; what reps are is motion's, and counting real ones is in tests/daemon/server.
#include "daemon/session/session.hpp"

#include <catch2/catch.hpp>
#include <regex>

using namespace heeldrop;
using namespace heeldrop::session;

namespace {

Session new_session() {
    return Session("id-1", now_here(), Prescription{}, "HD-1", {});
}

/// Somebody of 80 kg standing still on both pads, 80 samples a second.
std::vector<Change> stand(Session& session, double from, double to) {
    std::vector<Change> all;
    for (double t = from; t < to; t += 0.0125) {
        const double sway = 0.3 * std::sin(6.0 * t);
        motion::ForceSample s{Seconds{t}, Newtons{392 + sway}, Newtons{392 - sway}};
        for (Change& change : session.push(s))
            all.push_back(std::move(change));
    }
    return all;
}

}  // namespace

TEST_CASE("the first quiet standing weighs the person in and starts the session") {
    Session session = new_session();
    CHECK(session.summary().state == State::weighing);
    const auto changes = stand(session, 0, 6);
    CHECK(session.summary().state == State::running);
    REQUIRE(session.summary().system_weight);
    CHECK(session.summary().system_weight->value == Approx(784).margin(5));
    CHECK(session.summary().duration.value == Approx(6).margin(0.05));
    int told = 0;
    for (const auto& change : changes)
        told += std::holds_alternative<Summary>(change);
    CHECK(told == 1);
    CHECK(session.reps().empty());
}

TEST_CASE("a session that is stopped says so once and stays so") {
    Session session = new_session();
    stand(session, 0, 1);
    const auto changes = session.stop();
    REQUIRE_FALSE(changes.empty());
    REQUIRE(std::holds_alternative<Summary>(changes.back()));
    CHECK(std::get<Summary>(changes.back()).state == State::stopped);
    CHECK_FALSE(session.active());
    CHECK(session.stop().empty());
}

TEST_CASE("a plate's fault is named and the session goes on, uncalibrated stands from the start") {
    Session session = new_session();
    CHECK(session.summary().faults == std::vector{motion::SessionFault::uncalibrated});
    CHECK(session.mark(motion::SessionFault::plate_fault).size() == 1);
    CHECK(session.mark(motion::SessionFault::plate_fault).empty());
    CHECK(session.active());
    CHECK(session.summary().faults ==
          std::vector{motion::SessionFault::plate_fault, motion::SessionFault::uncalibrated});
}

TEST_CASE("gaps are told and summed up, those that nobody counted too") {
    Session session = new_session();
    stand(session, 0, 2);
    const Gap lost{Seconds{2}, Seconds{2.5}, 39, false}, booted{Seconds{3}, Seconds{7}, std::nullopt, true};
    const auto changes = session.gap(lost);
    REQUIRE(changes.size() == 2);
    CHECK(std::get<Gap>(changes[0]) == lost);
    CHECK(std::get<Summary>(changes[1]).gaps == 1);
    session.gap(booted);
    CHECK(session.summary().gaps == 2);
    CHECK(session.summary().lost_samples == 39);
    CHECK(session.summary().gap_time.value == Approx(4.5));
}

TEST_CASE("ids are random UUIDs") {
    const std::regex uuid4("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    CHECK(std::regex_match(new_session_id(), uuid4));
    CHECK(new_session_id() != new_session_id());
}

TEST_CASE("every state has a name that leads back to it") {
    for (const State state : {State::weighing, State::running, State::finished, State::stopped, State::interrupted})
        CHECK(state_named(name_of(state)) == state);
    CHECK_FALSE(state_named("paused"));
}
