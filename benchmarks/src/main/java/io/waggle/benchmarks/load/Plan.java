package io.waggle.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What to run.
 *
 * @param ways in the order of their turns
 * @param rates calls a second, growing
 * @param seconds of a turn
 * @param turns of each way at each rate
 * @param warmUpSeconds of each way, unmeasured
 * @param maxSeconds after which no further rate is begun
 * @param connections of each way that has any
 * @param inFlight most calls without an answer at a time
 * @param actions of a request
 * @param features of an action
 */
record Plan(
    List<Way> ways,
    List<Integer> rates,
    int seconds,
    int turns,
    int warmUpSeconds,
    int maxSeconds,
    int connections,
    int inFlight,
    int actions,
    int features) {
  private static final Pattern RAMP = Pattern.compile("(\\d+)\\.\\.(\\d+)");
  private static final int MAX_RATE = 1_000_000;

  Plan {
    ways = List.copyOf(ways);
    rates = List.copyOf(rates);
    require("seconds", seconds, 1, 600);
    require("turns", turns, 1, 100);
    require("warm-up", warmUpSeconds, 0, 600);
    require("max-seconds", maxSeconds, 1, 86_400);
    require("connections", connections, 1, 64);
    require("in-flight", inFlight, 1, 10_000);
    require("actions", actions, 1, 1_000);
    require("features", features, 1, 1_000);
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  /**
   * Rates as the command line has them: {@code 100,200,500}, or {@code 100..3200} for steps of
   * about a half (100, 150, 200, 300, 400, 600, ...).
   *
   * @throws IllegalArgumentException as {@code rate: value (expected: ...)}
   */
  static List<Integer> rates(String text) {
    Matcher ramp = RAMP.matcher(text);
    List<Integer> rates =
        ramp.matches() ? ramp(number(ramp.group(1)), number(ramp.group(2))) : list(text);
    for (int i = 0; i < rates.size(); i++) {
      if (rates.get(i) < 1
          || rates.get(i) > MAX_RATE
          || (i > 0 && rates.get(i) <= rates.get(i - 1))) {
        throw wrongRate(text);
      }
    }
    return rates;
  }

  private static List<Integer> ramp(int from, int to) {
    List<Integer> rates = new ArrayList<>();
    for (long octave = Math.max(1, from); octave <= to && rates.size() < 64; octave *= 2) {
      rates.add((int) octave);
      long half = octave + octave / 2;
      if (half > octave && half <= to) {
        rates.add((int) half);
      }
    }
    return rates.isEmpty() ? List.of(0) : rates;
  }

  private static List<Integer> list(String text) {
    List<Integer> rates = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      rates.add(number(part));
    }
    return rates;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw wrongRate(text);
    }
  }

  private static IllegalArgumentException wrongRate(String text) {
    return new IllegalArgumentException(
        "rate: "
            + text
            + " (expected: growing rates of 1 to "
            + MAX_RATE
            + ", as 100,200,400 or 100..3200)");
  }
}
