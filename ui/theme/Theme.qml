// Colours, sizes and type of the whole kiosk. Chosen for two metres: dark ink on light ground (all text 7:1 or better),
// two leg colours that every kind of colour vision tells apart, and never a meaning by colour alone.
pragma Singleton
import QtQuick

QtObject {
    // Set by the window: 1 at 1280 x 800, growing with the screen.
    property real scale: 1

    readonly property color ground: "#eef2f5"
    readonly property color surface: "#ffffff"
    readonly property color ink: "#10202c"
    readonly property color quietInk: "#3d4f5c"
    readonly property color outline: "#b9c6cf"
    readonly property color track: "#dde5ea"
    readonly property color accent: "#0b4f6c"
    readonly property color accentInk: "#ffffff"

    readonly property color chosen: "#d3e6ee"

    readonly property color leftLeg: "#005fb8"
    readonly property color rightLeg: "#c24400"

    readonly property color good: "#0a6b4b"
    readonly property color goodGround: "#e0f3ea"
    readonly property color fault: "#9c1040"
    readonly property color faultGround: "#fbe6ec"
    readonly property color unjudged: "#4a5763"
    readonly property color unjudgedGround: "#e6eaee"
    readonly property color stop: "#9c1040"

    readonly property color riseShade: "#d9eef7"
    readonly property color shiftShade: "#ece2f6"
    readonly property color dropShade: "#fdf0c4"
    readonly property color bottomShade: "#e3ecdf"

    readonly property real gap: 8 * scale
    readonly property real margin: 24 * scale
    readonly property real radius: 14 * scale
    readonly property real line: 2 * scale
    readonly property real touch: 72 * scale
    readonly property real mark: 40 * scale

    readonly property string family: "Inter"
    readonly property real huge: 76 * scale
    readonly property real title: 44 * scale
    readonly property real large: 34 * scale
    readonly property real body: 26 * scale
    readonly property real small: 20 * scale

    function verdictInk(verdict: string): color {
        return verdict === "good" ? good : verdict === "fault" ? fault : unjudged
    }
    function verdictGround(verdict: string): color {
        return verdict === "good" ? goodGround : verdict === "fault" ? faultGround : unjudgedGround
    }
}
