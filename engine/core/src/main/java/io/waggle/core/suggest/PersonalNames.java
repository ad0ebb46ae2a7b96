package io.waggle.core.suggest;

import io.waggle.v1.FeatureConfig;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Names that say who somebody is, or what is nobody's business. Pure. */
final class PersonalNames {
  private static final Pattern PERSONAL =
      Pattern.compile(
          "(?i).*(mail|phone_?n|birth|gender|religio|address|first_?name|last_?name|surname|passport"
              + "|ssn|iban|health|ethnic|latitude|longitude).*|ip|ip_.*|.*_ip");

  private PersonalNames() {}

  static boolean isPersonal(String name) {
    return PERSONAL.matcher(name).matches();
  }

  /** True: its own name or that of what it is made from. */
  static boolean isPersonal(FeatureConfig feature) {
    return Stream.of(
            feature.getName(),
            feature.getQuantile().getProperty(),
            feature.getDecayed().getSum(),
            feature.getWindow().getSum(),
            property(feature.getAffinity().getField()),
            property(feature.getLast().getField()),
            property(feature.getDistinct().getField()),
            property(feature.getTokens().getSource()),
            property(feature.getNumber().getSource()),
            feature.getItemAttribute().getAttribute())
        .anyMatch(PersonalNames::isPersonal);
  }

  /** The last part of {@code properties.NAME} or {@code namespace.feature}. */
  private static String property(String field) {
    return field.substring(field.indexOf('.') + 1);
  }
}
