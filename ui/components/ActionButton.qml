// A button for fingers: large, one line of words, plain about whether it can be pressed.
import QtQuick
import Heeldrop.Kiosk

Rectangle {
    id: button
    property string text
    property color ground: Theme.accent
    property color ink: Theme.accentInk
    property color edge: ground
    signal clicked()

    implicitHeight: Theme.touch
    implicitWidth: Math.max(label.implicitWidth + 2 * Theme.margin, Theme.touch)
    radius: Theme.radius
    color: enabled ? ground : Theme.track
    border.color: enabled ? edge : Theme.outline
    border.width: Theme.line
    opacity: press.pressed ? 0.8 : 1

    Words {
        id: label
        anchors.centerIn: parent
        text: button.text
        font.weight: Font.DemiBold
        color: button.enabled ? button.ink : Theme.quietInk
    }
    TapHandler {
        id: press
        enabled: button.enabled
        gesturePolicy: TapHandler.ReleaseWithinBounds
        onTapped: button.clicked()
    }
}
