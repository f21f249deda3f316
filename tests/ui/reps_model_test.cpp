#include "ui/models/reps_model.hpp"

#include <catch2/catch.hpp>

using namespace heeldrop;
using namespace heeldrop::ui;

namespace {

RepInfo rep(int index, const char* verdict, QStringList faults = {}, int set = 1) {
    RepInfo r;
    r.index = index;
    r.set = set;
    r.side = QStringLiteral("right");
    r.verdict = QString::fromLatin1(verdict);
    r.faults = std::move(faults);
    r.counted = !r.faults.contains(QLatin1String("incomplete"));
    r.drop_duration = Seconds{2.9};
    r.drop_duration_uncertainty = Seconds{0.2};
    return r;
}

std::string shown(const RepsModel& model, int row, RepsModel::Role role) {
    return model.data(model.index(row), role).toString().replace(QChar(0x00a0), QLatin1Char(' ')).toStdString();
}

Prescription six_right() {
    Prescription p;
    p.side = QStringLiteral("right");
    p.sets = 1;
    p.reps = 6;
    return p;
}

}  // namespace

TEST_CASE("a later revision replaces the earlier account of the same rep, a late earlier one does not") {
    RepsModel model;
    model.apply(rep(1, "good"));
    RepInfo second = rep(1, "fault", {QStringLiteral("fast_drop")});
    second.revision = 2;
    model.apply(second);
    model.apply(rep(1, "good"));
    REQUIRE(model.count() == 1);
    CHECK(shown(model, 0, RepsModel::VerdictWordsRole) == "Too fast");
}

TEST_CASE("reps stand in the order of their index, however they arrive") {
    RepsModel model;
    for (const int index : {2, 3, 1})
        model.apply(rep(index, "good"));
    for (int row = 0; row < 3; ++row)
        CHECK(model.data(model.index(row), RepsModel::IndexRole).toInt() == row + 1);
}

TEST_CASE("a rep that does not count has no number, and those after it keep theirs") {
    RepsModel model;
    model.reset({rep(1, "good"), rep(2, "fault", {QStringLiteral("incomplete")}), rep(3, "good")}, six_right());
    CHECK(shown(model, 0, RepsModel::NumberWordsRole) == "Rep 1");
    CHECK(shown(model, 1, RepsModel::NumberWordsRole) == "Not counted");
    CHECK(shown(model, 2, RepsModel::NumberWordsRole) == "Rep 2");
}

TEST_CASE("with several sets a row names its set, and numbers begin anew in each") {
    Prescription p = six_right();
    p.sets = 3;
    RepsModel model;
    model.reset({rep(1, "good"), rep(2, "good"), rep(3, "good", {}, 2)}, p);
    CHECK(shown(model, 2, RepsModel::NumberWordsRole) == "Set 2, rep 1");
}

TEST_CASE("a share beyond the whole, as an empty pad's zero error makes it, is shown as the whole") {
    RepInfo r = rep(1, "good");
    r.working_share_drop = heeldrop::Fraction{1.04};
    RepsModel model;
    model.apply(r);
    CHECK(shown(model, 0, RepsModel::ShareTextRole) == "100 %");
    CHECK(shown(model, 0, RepsModel::ShareNoteRole) == "on the right leg");
}

TEST_CASE("several faults are all named, each with its own sentence of advice") {
    RepsModel model;
    model.reset({rep(1, "fault", {QStringLiteral("fast_drop"), QStringLiteral("two_leg_drop")})}, six_right());
    CHECK(shown(model, 0, RepsModel::VerdictWordsRole) == "Too fast, on both legs");
    CHECK(shown(model, 0, RepsModel::AdviceRole) ==
          "Lower more slowly: take 3.0 s. Shift all your weight onto your right leg before you lower.");
}

TEST_CASE("every fault and reason of the motion library has words and a sentence of its own") {
    const QStringList faults{"fast_drop",    "two_leg_drop", "one_leg_rise", "wrong_leg",
                             "shallow_drop", "bounce",       "hand_support", "incomplete"};
    QStringList sentences;
    for (const QString& fault : faults) {
        RepsModel model;
        model.reset({rep(1, "fault", {fault})}, six_right());
        const QString sentence = model.data(model.index(0), RepsModel::AdviceRole).toString();
        INFO(fault.toStdString());
        CHECK(sentence.endsWith(QLatin1Char('.')));
        CHECK_FALSE(sentence.contains(QLatin1Char('_')));
        CHECK_FALSE(sentence.startsWith(QLatin1String("Ask staff")));
        CHECK_FALSE(sentences.contains(sentence));
        sentences << sentence;
    }
}

TEST_CASE("a descent that was not measured says so, why, and its bound") {
    RepInfo r = rep(1, "unjudged");
    r.drop_duration.reset();
    r.transfer_end = Seconds{10.0};
    r.return_end = Seconds{14.2};
    r.reasons = {QStringLiteral("no_rise"), QStringLiteral("descent_not_resolved")};
    RepsModel model;
    model.reset({r}, six_right());
    CHECK(shown(model, 0, RepsModel::DescentTextRole) == "Not measured");
    CHECK(shown(model, 0, RepsModel::DescentNoteRole) == "At most 4.2 s. The lowering could not be told from swaying.");
    CHECK(shown(model, 0, RepsModel::VerdictWordsRole) == "Not judged");
}
