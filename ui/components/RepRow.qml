// One rep of the results: number and leg, descent against its target, share, verdict and what to change.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

Card {
    id: row
    required property int repIndex
    required property string side
    required property string verdict
    required property var faults
    required property string numberWords
    required property string sideWords
    required property string verdictWords
    required property string descentText
    required property string descentNote
    required property string targetText
    required property string shareText
    required property string shareNote
    required property string advice

    objectName: "rep" + repIndex
    implicitHeight: columns.implicitHeight + Theme.gap

    RowLayout {
        id: columns
        anchors { left: parent.left; right: parent.right; verticalCenter: parent.verticalCenter; margins: Theme.margin / 2 }
        spacing: Theme.margin * 0.75
        TwoLines {
            first: row.numberWords
            second: row.sideWords
            Layout.fillWidth: false
            Layout.preferredWidth: Theme.touch * 2.2
        }
        TwoLines {
            first: row.descentText
            second: row.descentNote !== "" ? row.descentNote : "target " + row.targetText
            Layout.fillWidth: false
            Layout.preferredWidth: Theme.touch * 2.9
        }
        TwoLines {
            first: row.shareText
            second: row.shareNote
            Layout.fillWidth: false
            Layout.preferredWidth: Theme.touch * 2
        }
        VerdictMark { verdict: row.verdict }
        TwoLines {
            first: row.verdictWords
            second: row.advice
            ink: Theme.verdictInk(row.verdict)
        }
    }
}
