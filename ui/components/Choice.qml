// One of a few: a row of large keys under its question. `value` is the chosen one of `values`.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

ColumnLayout {
    id: choice
    property string question
    property var values: []
    property var labels: values
    property var value
    spacing: Theme.gap

    Words {
        text: choice.question
        visible: text !== ""
        font.pixelSize: Theme.small
        color: Theme.quietInk
    }
    RowLayout {
        spacing: Theme.gap
        Layout.fillWidth: true
        Repeater {
            model: choice.values
            delegate: ActionButton {
                required property int index
                required property var modelData
                readonly property bool chosen: modelData === choice.value
                objectName: choice.objectName + "_" + modelData
                Layout.fillWidth: true
                Layout.preferredWidth: 1
                Layout.minimumWidth: Theme.touch * 1.3
                // A tick says which one is chosen, not only its colour.
                text: (chosen ? "\u2713 " : "") + choice.labels[index]
                // Quieter than a button that does something: what is chosen is not to be taken for Start.
                ink: chosen ? Theme.ink : Theme.accent
                ground: chosen ? Theme.chosen : Theme.surface
                edge: Theme.accent
                onClicked: choice.value = modelData
            }
        }
    }
}
