#include "ui/models/words.hpp"

#include "ui/models/quantity_text.hpp"

namespace heeldrop::ui {
namespace {

QString leg_of(const QString& side) {
    return side.isEmpty() || side == QLatin1String("both") ? QStringLiteral("one leg")
                                                           : QStringLiteral("your %1 leg").arg(side);
}

/// The leg a patient is asked to work: the prescribed one, else the one that carries the load now.
QString asked_side(const QString& working_side, const Prescription& p) {
    return p.side == QLatin1String("both") ? working_side : p.side;
}

QString with_capital(QString words) {
    if (!words.isEmpty())
        words[0] = words[0].toUpper();
    return words;
}

QString fault_advice(const QString& fault, const RepInfo& rep, const Prescription& p) {
    if (fault == QLatin1String("fast_drop"))
        return QStringLiteral("Lower more slowly: take %1.").arg(duration_text(p.target_drop));
    if (fault == QLatin1String("two_leg_drop"))
        return QStringLiteral("Shift all your weight onto %1 before you lower.")
            .arg(leg_of(p.side == QLatin1String("both") ? rep.side : p.side));
    if (fault == QLatin1String("one_leg_rise"))
        return QStringLiteral("Push up with both feet, not with the working leg alone.");
    if (fault == QLatin1String("wrong_leg"))
        return rep.side.isEmpty() ? QStringLiteral("Lower on %1.").arg(leg_of(p.side))
                                  : QStringLiteral("Lower on %1, not on the %2.").arg(leg_of(p.side), rep.side);
    if (fault == QLatin1String("shallow_drop"))
        return QStringLiteral("Let your heel sink lower, as far as is comfortable.");
    if (fault == QLatin1String("bounce"))
        return QStringLiteral("Stop softly at the bottom: do not spring back up.");
    if (fault == QLatin1String("hand_support"))
        return QStringLiteral("Hold on with your fingertips only: do not lean on your hands.");
    if (fault == QLatin1String("incomplete"))
        return QStringLiteral("Finish the movement: lower all the way, then put the other foot down.");
    return QStringLiteral("Ask staff about \"%1\".").arg(fault);
}

}  // namespace

QString leg_words(const QString& side) {
    if (side == QLatin1String("left"))
        return QStringLiteral("Left leg");
    if (side == QLatin1String("right"))
        return QStringLiteral("Right leg");
    return side == QLatin1String("both") ? QStringLiteral("Either leg") : QStringLiteral("Leg not known");
}

QString other_foot_words(const QString& working_side) {
    if (working_side == QLatin1String("left"))
        return QStringLiteral("right foot");
    return working_side == QLatin1String("right") ? QStringLiteral("left foot") : QStringLiteral("other foot");
}

Instruction instruction(const QString& phase, const QString& working_side, const SessionInfo& session) {
    const QString side = asked_side(working_side, session.prescription);
    if (phase == QLatin1String("empty"))
        return {QStringLiteral("Step onto the plate"), QStringLiteral("One foot on each side. Hold on lightly.")};
    if (session.state == QLatin1String("weighing"))
        return {QStringLiteral("Stand still: weighing"), QStringLiteral("Both feet, weight even, hands light.")};
    if (phase == QLatin1String("two_feet"))
        return {QStringLiteral("Rise on both feet"), QStringLiteral("Push up evenly, as high as is comfortable.")};
    if (phase == QLatin1String("rise"))
        return {QStringLiteral("Rise on both feet"), QStringLiteral("Keep pushing up to the top.")};
    if (phase == QLatin1String("top") || phase == QLatin1String("transfer"))
        return {QStringLiteral("Shift onto %1").arg(leg_of(side)),
                QStringLiteral("Stay high and lift your %1.").arg(other_foot_words(side))};
    if (phase == QLatin1String("drop"))
        return {QStringLiteral("Lower slowly"), QStringLiteral("Follow the ring all the way down.")};
    if (phase == QLatin1String("bottom"))
        // The foot that is really in the air comes down, whichever leg was asked for.
        return {QStringLiteral("Put your %1 down").arg(other_foot_words(working_side)),
                QStringLiteral("Do not push up on one leg.")};
    if (phase == QLatin1String("return"))
        return {QStringLiteral("Put your %1 down").arg(other_foot_words(working_side)),
                QStringLiteral("Weight on both feet for the next rise.")};
    return {QStringLiteral("Stand on both feet"), QStringLiteral("Heels low, weight even.")};
}

int step_of(const QString& phase) {
    if (phase == QLatin1String("rise"))
        return 1;
    if (phase == QLatin1String("top") || phase == QLatin1String("transfer"))
        return 2;
    if (phase == QLatin1String("drop"))
        return 3;
    return phase == QLatin1String("bottom") || phase == QLatin1String("return") ? 4 : 0;
}

QString fault_words(const QString& fault) {
    if (fault == QLatin1String("fast_drop"))
        return QStringLiteral("Too fast");
    if (fault == QLatin1String("two_leg_drop"))
        return QStringLiteral("On both legs");
    if (fault == QLatin1String("one_leg_rise"))
        return QStringLiteral("Rose on one leg");
    if (fault == QLatin1String("wrong_leg"))
        return QStringLiteral("Wrong leg");
    if (fault == QLatin1String("shallow_drop"))
        return QStringLiteral("Not low enough");
    if (fault == QLatin1String("bounce"))
        return QStringLiteral("Bounced");
    if (fault == QLatin1String("hand_support"))
        return QStringLiteral("Leaned on hands");
    if (fault == QLatin1String("incomplete"))
        return QStringLiteral("Not finished");
    return with_capital(QString(fault).replace(QLatin1Char('_'), QLatin1Char(' ')));
}

QString verdict_words(const RepInfo& rep) {
    if (rep.verdict == QLatin1String("good"))
        return QStringLiteral("Good");
    if (rep.verdict != QLatin1String("fault"))
        return QStringLiteral("Not judged");
    QStringList words;
    for (const QString& fault : rep.faults)
        words << (words.isEmpty() ? fault_words(fault) : fault_words(fault).toLower());
    return words.isEmpty() ? QStringLiteral("Not right") : words.join(QStringLiteral(", "));
}

QString advice(const RepInfo& rep, const Prescription& prescription) {
    QStringList sentences;
    for (const QString& fault : rep.faults)
        sentences << fault_advice(fault, rep, prescription);
    if (!sentences.isEmpty())
        return sentences.join(QLatin1Char(' '));
    if (rep.verdict == QLatin1String("good"))
        return QStringLiteral("Nothing to change.");
    QStringList reasons;
    for (const QString& reason : rep.reasons)
        reasons << reason_words(reason);
    return reasons.isEmpty() ? QStringLiteral("The plate could not judge this one.")
                             : with_capital(reasons.join(QStringLiteral("; "))) + QLatin1Char('.');
}

QString reason_words(const QString& reason) {
    if (reason == QLatin1String("no_rise"))
        return QStringLiteral("it began at the top");
    if (reason == QLatin1String("descent_not_resolved"))
        return QStringLiteral("the lowering could not be told from swaying");
    if (reason == QLatin1String("gap"))
        return QStringLiteral("the plate lost some data");
    if (reason == QLatin1String("saturated"))
        return QStringLiteral("a load cell could not be read");
    if (reason == QLatin1String("hand_force_changing"))
        return QStringLiteral("the hands took or gave weight meanwhile");
    if (reason == QLatin1String("side_ambiguous"))
        return QStringLiteral("both legs carried alike");
    if (reason == QLatin1String("second_person"))
        return QStringLiteral("a second person stood on the plate");
    if (reason == QLatin1String("no_transfer"))
        return QStringLiteral("the weight did not shift to one leg");
    if (reason == QLatin1String("no_return"))
        return QStringLiteral("the other foot did not come back");
    return QString(reason).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString unmeasured_words(const RepInfo& rep) {
    // "It began at the top" explains an absent rise, never an absent descent.
    for (const QString& reason : rep.reasons)
        if (reason != QLatin1String("no_rise"))
            return with_capital(reason_words(reason));
    return rep.counted ? QStringLiteral("The plate could not tell") : QStringLiteral("The lowering was not finished");
}

QString session_fault_words(const QString& fault) {
    if (fault == QLatin1String("added_load_on_step"))
        return QStringLiteral("Added weight on the step: use the flat floor for added weight.");
    if (fault == QLatin1String("load_off_prescription"))
        return QStringLiteral("The load differed from the prescription.");
    if (fault == QLatin1String("second_person"))
        return QStringLiteral("A second person stood on the plate: judging paused.");
    if (fault == QLatin1String("plate_fault"))
        return QStringLiteral("The plate had a fault: tell staff.");
    if (fault == QLatin1String("calibration_expired"))
        return QStringLiteral("The calibration has expired: tell staff.");
    if (fault == QLatin1String("uncalibrated"))
        return QStringLiteral("Plate not calibrated: forces are approximate.");
    if (fault == QLatin1String("calibration_failed"))
        return QStringLiteral("The plate's last calibration failed: tell staff.");
    if (fault == QLatin1String("plate_changed"))
        return QStringLiteral("This is another plate than the one that was calibrated: tell staff.");
    if (fault == QLatin1String("converter_changed"))
        return QStringLiteral("The plate's electronics were changed since its calibration: tell staff.");
    if (fault == QLatin1String("certificate_altered"))
        return QStringLiteral("The calibration's certificate was altered and is not used: tell staff.");
    if (fault == QLatin1String("moved_or_uneven"))
        return QStringLiteral("The plate was moved or stands unevenly: ask staff for a spot check.");
    if (fault == QLatin1String("spot_check_failed"))
        return QStringLiteral("The last spot check failed: tell staff.");
    if (fault == QLatin1String("extrapolated"))
        return QStringLiteral("A pad carried more than it was calibrated with: those forces are less certain.");
    return with_capital(QString(fault).replace(QLatin1Char('_'), QLatin1Char(' '))) + QLatin1Char('.');
}

QString calibration_mark_words(const QString& mark) {
    if (mark == QLatin1String("expired"))
        return session_fault_words(QStringLiteral("calibration_expired"));
    if (mark == QLatin1String("another_plate") || mark == QLatin1String("cells_changed"))
        return session_fault_words(QStringLiteral("plate_changed"));
    if (mark == QLatin1String("drifted"))
        return QStringLiteral("The empty plate drifts: let it warm up for 15 minutes.");
    if (mark == QLatin1String("altered") || mark == QLatin1String("another_station") ||
        mark == QLatin1String("recompute_mismatch") || mark == QLatin1String("no_certificate") ||
        mark == QLatin1String("unreadable"))
        return session_fault_words(QStringLiteral("certificate_altered"));
    if (mark == QLatin1String("store_failed"))
        return QStringLiteral("The calibration could not be read: tell staff.");
    return session_fault_words(mark);
}

QString session_state_words(const QString& state) {
    if (state == QLatin1String("finished"))
        return QStringLiteral("Session complete");
    if (state == QLatin1String("stopped"))
        return QStringLiteral("Session stopped early");
    if (state == QLatin1String("interrupted"))
        return QStringLiteral("Session interrupted");
    return QStringLiteral("Session");
}

}  // namespace heeldrop::ui
