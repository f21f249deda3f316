// A verdict as a shape with a sign: a disc with a tick, a diamond with an exclamation mark, a square with a question
// mark, an empty ring for a rep to come. Colour only repeats what the shape says.
import QtQuick
import Heeldrop.Kiosk

Item {
    id: mark
    property string verdict: "pending"
    property real size: Theme.mark
    implicitWidth: size
    implicitHeight: size

    Rectangle {
        readonly property bool diamond: mark.verdict === "fault"
        readonly property real side: diamond ? mark.size * 0.76 : mark.size
        anchors.centerIn: parent
        width: side
        height: side
        rotation: diamond ? 45 : 0
        radius: mark.verdict === "good" || mark.verdict === "pending" ? side / 2 : side / 8
        color: mark.verdict === "pending" ? "transparent" : Theme.verdictInk(mark.verdict)
        border.color: mark.verdict === "pending" ? Theme.outline : color
        border.width: Theme.line * 1.5
        antialiasing: true
    }
    Words {
        anchors.centerIn: parent
        text: mark.verdict === "good" ? "\u2713" : mark.verdict === "fault" ? "!" : mark.verdict === "unjudged" ? "?" : ""
        color: "#ffffff"
        font.pixelSize: mark.size * 0.62
        font.weight: Font.Bold
    }
}
