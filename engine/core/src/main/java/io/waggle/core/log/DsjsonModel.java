package io.waggle.core.log;

import io.waggle.v1.Decision;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What decided, as dsjson's {@code VWState.m}: {@code POLICY} or {@code POLICY@VERSION}; {@code
 * N/A} where nobody knows. Pure.
 */
final class DsjsonModel {
  private static final String UNKNOWN = "N/A";
  private static final Pattern VERSIONED = Pattern.compile("(.+)@(\\d{1,18})", Pattern.DOTALL);

  private DsjsonModel() {}

  static void read(String model, Decision.Builder decision) {
    Matcher versioned = VERSIONED.matcher(model);
    if (versioned.matches()) {
      decision.setPolicy(versioned.group(1));
      decision.setModelVersion(Long.parseLong(versioned.group(2)));
    } else if (!model.equals(UNKNOWN)) {
      decision.setPolicy(model);
    }
  }

  static String text(Decision decision) {
    String policy = decision.getPolicy().isEmpty() ? UNKNOWN : decision.getPolicy();
    return decision.getModelVersion() > 0 ? policy + "@" + decision.getModelVersion() : policy;
  }
}
