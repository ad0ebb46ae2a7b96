package io.waggle.app.demo;

import io.waggle.v1.ConfidenceInterval;
import java.util.List;
import java.util.Locale;

/**
 * Whether it learned. All are judged on what readers really clicked:
 *
 * <ul>
 *   <li>The live policy beat uniform: the lower end of its click rate's interval (valid at every
 *       look) is above what uniform would have got on the same page views, known from the hidden
 *       truth.
 *   <li>It recovered: the score (0: uniform, 1: best possible, on the same page views) of the run's
 *       last quarter is at least {@value #RECOVERY} of that of the quarter before the shift.
 *   <li>Seeing sessions pays: of the readers, chance gave some to the session-blind policy; the
 *       lower end of the aware policy's interval is above the upper end of the blind one's. The two
 *       intervals together miss with at most the sum of their error probabilities.
 * </ul>
 */
final class LearningCriteria {
  static final double RECOVERY = 0.7;

  private LearningCriteria() {}

  static List<Criterion> judge(Tally tally, int seconds) {
    return List.of(beatsUniform(tally), recovers(tally, seconds), sessionsPay(tally));
  }

  private static Criterion beatsUniform(Tally tally) {
    ConfidenceInterval live = tally.interval(FrontPage.AWARE);
    double uniform = tally.all(FrontPage.AWARE).uniformRate();
    return new Criterion(
        "live policy beats uniform",
        live.getLower() > uniform,
        format(
            "click rate %.4f, at least %.4f (any time, %.0f %%); uniform on the same page views"
                + " %.4f",
            tally.all(FrontPage.AWARE).clickRate(),
            live.getLower(),
            100 * (1 - live.getAlpha()),
            uniform));
  }

  private static Criterion recovers(Tally tally, int seconds) {
    double before = tally.span(FrontPage.AWARE, seconds / 4, seconds / 2).score();
    double dip = tally.span(FrontPage.AWARE, seconds / 2, 5 * seconds / 8).score();
    double after = tally.span(FrontPage.AWARE, 3 * seconds / 4, seconds).score();
    return new Criterion(
        "recovers after the shift",
        before > 0 && after >= RECOVERY * before,
        format(
            "score (0 uniform, 1 best) %.2f before, %.2f just after, %.2f in the last quarter; at"
                + " least %.2f wanted",
            before, dip, after, RECOVERY * before));
  }

  private static Criterion sessionsPay(Tally tally) {
    ConfidenceInterval aware = tally.interval(FrontPage.AWARE);
    ConfidenceInterval blind = tally.interval(FrontPage.BLIND);
    return new Criterion(
        "session-aware beats session-blind",
        aware.getLower() > blind.getUpper(),
        format(
            "aware %.4f (%.4f .. %.4f) on %.0f decisions, blind %.4f (%.4f .. %.4f) on %.0f; the"
                + " difference is at least %.4f",
            tally.all(FrontPage.AWARE).clickRate(),
            aware.getLower(),
            aware.getUpper(),
            tally.all(FrontPage.AWARE).decisions(),
            tally.all(FrontPage.BLIND).clickRate(),
            blind.getLower(),
            blind.getUpper(),
            tally.all(FrontPage.BLIND).decisions(),
            aware.getLower() - blind.getUpper()));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
