// The four steps of a rep in their order, the present one marked by a filled, numbered key and bold words.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

RowLayout {
    id: steps
    property int step: 0
    spacing: Theme.gap

    Repeater {
        model: ["Rise", "Shift", "Lower", "Other foot"]
        delegate: Rectangle {
            id: key
            required property int index
            required property string modelData
            readonly property bool present: steps.step === index + 1
            Layout.fillWidth: true
            implicitHeight: Theme.touch * 0.75
            implicitWidth: words.implicitWidth + Theme.margin
            radius: height / 2
            color: present ? Theme.ink : "transparent"
            border.color: present ? Theme.ink : Theme.outline
            border.width: Theme.line
            Words {
                id: words
                anchors.centerIn: parent
                text: (key.index + 1) + "  " + key.modelData
                font.weight: key.present ? Font.Bold : Font.Medium
                color: key.present ? Theme.surface : Theme.quietInk
            }
        }
    }
}
