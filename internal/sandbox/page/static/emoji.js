// The emoji names that the bot and the crew use. An unknown name is shown as it was typed.
export const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", wave: "👋", eyes: "👀", raised_hands: "🙌", clap: "👏", pray: "🙏", point_right: "👉",
  red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", large_blue_circle: "🔵",
  black_circle: "⚫", white_circle: "⚪", large_purple_circle: "🟣", record_button: "⏺️", double_vertical_bar: "⏸️", pause_button: "⏸️",
  black_square_for_stop: "⏹️", stop_button: "⏹️", arrow_forward: "▶️", arrows_counterclockwise: "🔄", repeat: "🔁", fast_forward: "⏩",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", timer_clock: "⏲️", alarm_clock: "⏰", clock3: "🕒", calendar: "📅",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫", warning: "⚠️",
  exclamation: "❗", question: "❓", grey_question: "❔", information_source: "ℹ️", bulb: "💡", lock: "🔒", unlock: "🔓", key: "🔑",
  tv: "📺", clapper: "🎬", movie_camera: "🎥", video_camera: "📹", camera: "📷", satellite: "🛰️", satellite_antenna: "📡", microphone: "🎤",
  headphones: "🎧", studio_microphone: "🎙️", control_knobs: "🎛️", level_slider: "🎚️", loudspeaker: "📢", bell: "🔔", no_bell: "🔕",
  rotating_light: "🚨", fire: "🔥", zap: "⚡", rocket: "🚀", tada: "🎉", sparkles: "✨", star: "⭐", robot_face: "🤖", wrench: "🔧", gear: "⚙️",
  memo: "📝", page_facing_up: "📄", file_folder: "📁", floppy_disk: "💾", link: "🔗", mag: "🔍", speech_balloon: "💬", busts_in_silhouette: "👥",
  bust_in_silhouette: "👤", house: "🏠", globe_with_meridians: "🌐", smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", heart: "❤️",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", heavy_plus_sign: "➕", heavy_minus_sign: "➖", scissors: "✂️", books: "📚",
};

export function emoji(name) {
  return EMOJI[name.split("::")[0]] || "";
}
