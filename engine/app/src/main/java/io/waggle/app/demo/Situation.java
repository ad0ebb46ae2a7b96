package io.waggle.app.demo;

import java.util.List;

/** In what a session takes place; the same for all its page views. */
record Situation(String device, String daypart) {
  static final List<String> DEVICES = List.of("phone", "desktop");
  static final List<String> DAYPARTS = List.of("morning", "midday", "evening");

  Situation {
    if (!DEVICES.contains(device) || !DAYPARTS.contains(daypart)) {
      throw new IllegalArgumentException("no such situation: " + device + ", " + daypart);
    }
  }
}
