package io.waggle.app.demo;

import java.util.Locale;

/** The group a reader belongs to; the service knows its name, not its tastes. */
enum Audience {
  SUBSCRIBERS,
  VISITORS;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
