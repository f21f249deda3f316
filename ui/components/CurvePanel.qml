// A session's force curve with its axes and legend; in its place the reason why there is none.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

Card {
    id: panel
    property alias curve: plot.curve
    property string message
    implicitHeight: Theme.touch * 2.6

    Flow {
        id: legend
        visible: panel.message === ""
        anchors { left: plot.left; right: plot.right; top: parent.top; topMargin: Theme.gap }
        spacing: Theme.margin
        LegendKey { text: "Left leg"; color: Theme.leftLeg; line: true }
        LegendKey { text: "Right leg"; color: Theme.rightLeg; line: true }
        LegendKey { text: "Rise"; color: Theme.riseShade }
        LegendKey { text: "Shift"; color: Theme.shiftShade }
        LegendKey { text: "Lower"; color: Theme.dropShade }
        LegendKey { text: "Bottom"; color: Theme.bottomShade }
    }
    ForceCurve {
        id: plot
        objectName: "forceCurve"
        anchors {
            left: parent.left; right: parent.right; top: legend.bottom; bottom: parent.bottom
            leftMargin: Theme.touch; rightMargin: Theme.margin; topMargin: Theme.gap; bottomMargin: Theme.margin * 1.4
        }
        leftColor: Theme.leftLeg
        rightColor: Theme.rightLeg
        gridColor: Theme.outline
        riseShade: Theme.riseShade
        shiftShade: Theme.shiftShade
        dropShade: Theme.dropShade
        bottomShade: Theme.bottomShade
        lineWidth: Theme.line * 1.5
    }
    Repeater {
        model: panel.curve ? panel.curve.forceTicks : []
        delegate: Words {
            required property var modelData
            text: modelData.label
            font.pixelSize: Theme.small * 0.84
            color: Theme.quietInk
            x: plot.x - width - Theme.gap
            y: plot.y + plot.height * (1 - modelData.position) - height / 2
        }
    }
    Repeater {
        model: panel.curve ? panel.curve.timeTicks : []
        delegate: Words {
            required property var modelData
            text: modelData.label
            font.pixelSize: Theme.small * 0.84
            color: Theme.quietInk
            x: plot.x + plot.width * modelData.position - width / 2
            y: plot.y + plot.height + Theme.gap / 2
        }
    }
    Words {
        objectName: "curveMessage"
        anchors.centerIn: parent
        visible: text !== ""
        text: panel.message
        color: Theme.quietInk
    }
}
