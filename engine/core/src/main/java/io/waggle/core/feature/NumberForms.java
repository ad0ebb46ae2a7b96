package io.waggle.core.feature;

import io.waggle.v1.FeatureValue;
import io.waggle.v1.NumberForm;
import java.util.List;

/** Numbers as they reach the learner. Pure. */
final class NumberForms {
  /** Scaled numbers are kept within this many deviations. */
  private static final double DEVIATIONS_BOUND = 5;

  private NumberForms() {}

  /** The number in that form; as it is where the form says nothing. */
  static FeatureValue of(NumberForm form, double number) {
    return switch (form.getFormCase()) {
      case BUCKETS -> text(bucket(form.getBuckets().getBoundsList(), number));
      case LOG -> number(Math.signum(number) * StrictMath.log1p(Math.abs(number)));
      case SCALED ->
          number(
              Math.max(
                  -DEVIATIONS_BOUND,
                  Math.min(
                      DEVIATIONS_BOUND,
                      (number - form.getScaled().getMean()) / form.getScaled().getDeviation())));
      case PLAIN, ONLINE, FORM_NOT_SET -> number(number);
    };
  }

  /** {@code <LOWEST}, {@code FROM..TO} with FROM inside, or {@code >=HIGHEST}. */
  private static String bucket(List<Double> bounds, double number) {
    int above = 0;
    while (above < bounds.size() && number >= bounds.get(above)) {
      above++;
    }
    if (above == 0) {
      return "<" + PlainValue.of(number(bounds.get(0)));
    }
    String from = PlainValue.of(number(bounds.get(above - 1)));
    return above == bounds.size()
        ? ">=" + from
        : from + ".." + PlainValue.of(number(bounds.get(above)));
  }

  private static FeatureValue number(double number) {
    return FeatureValue.newBuilder().setNumber(number).build();
  }

  private static FeatureValue text(String text) {
    return FeatureValue.newBuilder().setText(text).build();
  }
}
