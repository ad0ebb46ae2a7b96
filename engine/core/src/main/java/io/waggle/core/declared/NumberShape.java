package io.waggle.core.declared;

import io.waggle.v1.BucketForm;
import io.waggle.v1.NumberForm;
import io.waggle.v1.ScaledForm;
import java.util.ArrayList;
import java.util.List;

/** How a number reaches the learner. Any thread. */
interface NumberShape {
  /** Largest absolute value of a scaled number. */
  double MAX_SCALED = 5;

  /** log(1 + |x|) with the sign of x: what counts and sums are where nothing is said. */
  NumberShape LOG = (out, name, x) -> out.number(name, Math.copySign(logOf(x), x));

  /** As it is. */
  NumberShape PLAIN = (out, name, x) -> out.number(name, x);

  /** Appends a finite number. */
  void append(FeatureOutput out, String name, double number);

  /** One of its own for each name, as an online form learns its scale. */
  static NumberShape of(NumberForm form, NumberShape otherwise) {
    return switch (form.getFormCase()) {
      case PLAIN -> PLAIN;
      case LOG -> LOG;
      case BUCKETS -> buckets(form.getBuckets());
      case SCALED -> scaled(form.getScaled());
      case ONLINE -> {
        OnlineScale scale = new OnlineScale(form.getOnline());
        yield (out, name, x) -> out.number(name, scale.next(x));
      }
      case FORM_NOT_SET -> otherwise;
    };
  }

  private static double logOf(double number) {
    return StrictMath.log1p(Math.abs(number));
  }

  private static NumberShape buckets(BucketForm form) {
    double[] bounds = form.getBoundsList().stream().mapToDouble(Double::doubleValue).toArray();
    List<String> names = new ArrayList<>();
    for (int i = 0; i <= bounds.length; i++) {
      String from = i == 0 ? "" : plain(bounds[i - 1]);
      String to = i == bounds.length ? "" : plain(bounds[i]);
      names.add(from + ".." + to);
    }
    return (out, name, x) -> {
      int bucket = 0;
      while (bucket < bounds.length && x >= bounds[bucket]) {
        bucket++;
      }
      out.text(name, names.get(bucket));
    };
  }

  private static NumberShape scaled(ScaledForm form) {
    double mean = form.getMean();
    double deviation = form.getDeviation();
    return (out, name, x) -> out.number(name, bounded((x - mean) / deviation));
  }

  /** Within -5 to 5. */
  static double bounded(double scaled) {
    return Math.max(-MAX_SCALED, Math.min(MAX_SCALED, scaled));
  }

  private static String plain(double bound) {
    String text = Double.toString(bound);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
