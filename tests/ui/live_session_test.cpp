#include "ui/models/live_session.hpp"

#include <catch2/catch.hpp>

#include "tests/ui/plain.hpp"

using namespace heeldrop;
using namespace heeldrop::ui;

namespace {

SessionInfo running(const char* side = "right") {
    SessionInfo s;
    s.id = QStringLiteral("a");
    s.state = QStringLiteral("running");
    s.prescription.side = QString::fromLatin1(side);
    s.prescription.sets = 2;
    s.prescription.reps = 6;
    return s;
}

LiveInfo at(const char* phase, double t, double start, double left, double right) {
    LiveInfo live;
    live.phase = QString::fromLatin1(phase);
    live.t = Seconds{t};
    live.phase_start = Seconds{start};
    live.left = Newtons{left};
    live.right = Newtons{right};
    return live;
}

RepInfo judged(int index, const char* verdict, QStringList faults = {}) {
    RepInfo r;
    r.index = index;
    r.side = QStringLiteral("right");
    r.verdict = QString::fromLatin1(verdict);
    r.faults = std::move(faults);
    r.drop_duration = Seconds{1.1};
    return r;
}

}  // namespace

TEST_CASE("each phase tells the patient what to do, for the prescribed leg") {
    LiveSession live;
    live.set_session(running("left"));
    const auto told = [&](const char* phase, const char* side) {
        live.set_phase({Seconds{1}, QString::fromLatin1(phase), QString::fromLatin1(side)});
        return live.headline().toStdString();
    };
    CHECK(told("two_feet", "") == "Rise on both feet");
    CHECK(told("rise", "") == "Rise on both feet");
    CHECK(told("top", "") == "Shift onto your left leg");
    CHECK(told("transfer", "left") == "Shift onto your left leg");
    CHECK(told("drop", "left") == "Lower slowly");
    CHECK(told("bottom", "left") == "Put your right foot down");
    // On the wrong leg, the foot that is in the air is the one to put down.
    CHECK(told("bottom", "right") == "Put your left foot down");
    CHECK(told("empty", "") == "Step onto the plate");
}

TEST_CASE("while weighing the patient is told to stand still, whatever phase is seen") {
    LiveSession live;
    SessionInfo s = running();
    s.state = QStringLiteral("weighing");
    live.set_session(s);
    live.set_live(at("two_feet", 1, 0, 400, 400));
    CHECK(live.headline() == "Stand still: weighing");
    CHECK(live.pace_words().isEmpty());
    CHECK(live.step() == 0);
}

TEST_CASE("weighing with nobody there asks them onto the plate, and shows no way down to follow") {
    LiveSession live;
    SessionInfo s = running();
    s.state = QStringLiteral("weighing");
    live.set_session(s);
    CHECK(live.headline() == "Step onto the plate");
    live.set_live(at("unknown", 1, 0, 0.4, -1.2));
    CHECK(live.headline() == "Step onto the plate");
    CHECK(live.pace_words().isEmpty());
    CHECK_FALSE(live.guided());
    live.set_live(at("unknown", 2, 0, 300, 350));
    CHECK(live.headline() == "Stand still: weighing");
    s.state = QStringLiteral("running");
    live.set_session(s);
    CHECK(live.guided());
    live.set_live(at("empty", 9, 8, 0, 0));
    CHECK_FALSE(live.guided());
}

TEST_CASE("shares are parts of the load that is there, and nothing on an empty plate") {
    LiveSession live;
    live.set_session(running());
    live.set_live(at("drop", 1, 0, 24, 776));
    CHECK(live.right_share() == Approx(0.97));
    CHECK(plain(live.right_share_text()) == "97 %");
    CHECK(plain(live.left_force_text()) == "24 N");
    live.set_live(at("empty", 2, 1, 2, -1));
    CHECK(live.left_share() == 0);
    CHECK(live.left_share_text() == "–");
}

TEST_CASE("lowering faster than the guide says slower, with it says good pace") {
    LiveSession live;
    live.set_session(running());
    LiveInfo info = at("drop", 11.0, 10.0, 20, 780);
    info.depth = Metres{0.08};
    live.set_live(info);
    CHECK(live.pace_words() == "Slower");
    info.depth = Metres{0.10} * PaceGuide(Seconds{3}).depth_at(Seconds{1}).value;
    live.set_live(info);
    CHECK(live.pace_words() == "Good pace");
    CHECK(live.own_depth() == Approx(live.guide_depth()));
    info.depth.reset();
    live.set_live(info);
    CHECK_FALSE(live.own_depth_known());
    CHECK(live.pace_words() == "Follow the ring");
}

TEST_CASE("the time of a descent stays to be read after it is over") {
    LiveSession live;
    live.set_session(running());
    live.set_live(at("drop", 12.0, 10.0, 20, 780));
    CHECK(plain(live.elapsed_text()) == "2.0 s");
    live.set_live(at("bottom", 13.2, 12.9, 20, 780));
    CHECK(plain(live.elapsed_text()) == "2.9 s");
    CHECK(live.guide_depth() == 1.0);
}

TEST_CASE("once a rep is judged its page gives the judged time alone, until the next descent") {
    LiveSession live;
    live.set_session(running());
    live.set_live(at("drop", 12.0, 10.0, 20, 780));
    live.set_live(at("bottom", 13.2, 12.9, 20, 780));
    RepInfo rep = judged(1, "good");
    rep.drop_duration = Seconds{2.6};
    rep.return_end = Seconds{13.9};
    live.apply(rep);
    CHECK(plain(live.elapsed_text()) == "2.6 s");
    CHECK(plain(live.last_detail()) == "Lowered in 2.6 s.");
    live.set_live(at("drop", 21.0, 20.0, 20, 780));
    CHECK(plain(live.elapsed_text()) == "1.0 s");
    live.set_live(at("bottom", 22.5, 22.0, 20, 780));
    rep.revision = 2;  // a later look at the first does not speak for the second
    live.apply(rep);
    CHECK(plain(live.elapsed_text()) == "2.0 s");
    RepInfo second = judged(2, "unjudged");
    second.drop_duration.reset();
    live.apply(second);
    CHECK(live.elapsed_text() == "–");
}

TEST_CASE("a verdict that comes while the display still sees a descent is not contradicted afterwards") {
    LiveSession live;
    live.set_session(running());
    live.set_live(at("drop", 12.0, 10.0, 20, 780));
    RepInfo rep = judged(1, "good");
    rep.drop_duration = Seconds{1.7};
    rep.return_end = Seconds{12.0};
    live.apply(rep);
    live.set_live(at("two_feet", 12.6, 12.5, 400, 400));
    CHECK(plain(live.elapsed_text()) == "1.7 s");
}

TEST_CASE("a rep is judged at once, in words, and marked in its place of the set") {
    LiveSession live;
    live.set_session(running());
    CHECK(live.last_headline() == "No reps yet");
    live.apply(judged(1, "good"));
    live.apply(judged(2, "fault", {QStringLiteral("fast_drop")}));
    CHECK(plain(live.last_headline()) == "Rep 2 of 6: too fast");
    CHECK(plain(live.last_detail()) == "Lowered in 1.1 s. Lower more slowly: take 3.0 s.");
    CHECK(live.marks() == QStringList{"good", "fault", "pending", "pending", "pending", "pending"});
    CHECK(live.count_text() == "2 of 6 reps");
    CHECK(live.set_text() == "Set 1 of 2");
}

TEST_CASE("a second look at an earlier rep changes its mark, not the newest verdict") {
    LiveSession live;
    live.set_session(running());
    live.apply(judged(1, "good"));
    live.apply(judged(2, "good"));
    RepInfo again = judged(1, "fault", {QStringLiteral("bounce")});
    again.revision = 2;
    live.apply(again);
    CHECK(live.last_index() == 2);
    CHECK(live.marks().mid(0, 2) == QStringList{"fault", "good"});
}

TEST_CASE("an unfinished rep is not counted and says so") {
    LiveSession live;
    live.set_session(running());
    RepInfo r = judged(1, "fault", {QStringLiteral("incomplete")});
    r.counted = false;
    live.apply(r);
    CHECK(live.last_headline() == "Not counted: not finished");
    CHECK(live.count_text() == "0 of 6 reps");
}

TEST_CASE("another session starts with nothing of the one before") {
    LiveSession live;
    live.set_session(running());
    live.set_live(at("drop", 12.0, 10.0, 20, 780));
    live.apply(judged(1, "good"));
    SessionInfo next = running();
    next.id = QStringLiteral("b");
    live.set_session(next);
    CHECK(live.last_index() == 0);
    CHECK(live.count_text() == "0 of 6 reps");
    CHECK(live.right_share() == 0);
}
