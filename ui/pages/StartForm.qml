// The choice before a session: leg, sets and reps, and the button that starts it.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

ColumnLayout {
    id: form
    required property Station station
    spacing: Theme.margin

    Choice {
        id: side
        objectName: "side"
        values: ["left", "right", "both"]
        labels: ["Left leg", "Right leg", "Either leg"]
        value: "right"
        Layout.fillWidth: true
    }
    RowLayout {
        spacing: Theme.margin * 2
        Choice {
            id: sets
            objectName: "sets"
            question: "Sets"
            values: [1, 2, 3]
            value: 1
            Layout.fillWidth: true
            Layout.preferredWidth: 1
        }
        Choice {
            id: reps
            objectName: "reps"
            question: "Reps in each set"
            values: [6, 10, 15]
            value: 6
            Layout.fillWidth: true
            Layout.preferredWidth: 1
        }
    }
    Words {
        objectName: "refusal"
        text: form.station.refusal
        visible: text !== ""
        color: Theme.fault
        font.weight: Font.DemiBold
        wrapMode: Text.WordWrap
        Layout.fillWidth: true
    }
    ActionButton {
        objectName: "startButton"
        text: "Start"
        enabled: form.station.canStart
        Layout.fillWidth: true
        onClicked: form.station.start(side.value, sets.value, reps.value)
    }
}
