// The words a patient reads for what the daemon names: phases, verdicts, faults, reasons. Plain English, short enough
// for two metres. It must not know numbers' units (quantity_text.hpp) or where a word is shown.
#pragma once

#include <QString>

#include "ui/models/messages.hpp"

namespace heeldrop::ui {

QString leg_words(const QString& side);  ///< "Right leg"; "Either leg" for both; "Leg not known" for none
QString other_foot_words(const QString& working_side);  ///< "left foot"

/// What the patient should do now: `headline` is read from two metres, `detail` says how.
struct Instruction {
    QString headline;
    QString detail;
};
Instruction instruction(const QString& phase, const QString& working_side, const SessionInfo& session);

/// Which of the rep's four steps a phase belongs to, from 1 (rise, shift, lower, other foot); 0 for none.
int step_of(const QString& phase);

QString fault_words(const QString& fault);  ///< "Too fast"
QString verdict_words(const RepInfo&);      ///< "Good", "Too fast, wrong leg", "Not judged"
/// What to do otherwise next time, one sentence for each fault; why not, for a rep that could not be judged.
QString advice(const RepInfo&, const Prescription&);
QString reason_words(const QString& reason);  ///< "the movement could not be told from swaying"
/// Why a rep's descent has no time.
QString unmeasured_words(const RepInfo&);
QString session_fault_words(const QString& fault);
QString calibration_mark_words(const QString& mark);  ///< of the plate before a session
QString session_state_words(const QString& state);

}  // namespace heeldrop::ui
