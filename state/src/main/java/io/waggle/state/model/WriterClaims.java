package io.waggle.state.model;

import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterRun;
import java.util.Comparator;

/**
 * Which of several learning jobs of one epoch stands. Claims of an epoch are in a total order that
 * depends on nothing but what they say, so all readers agree, in whatever order they hear of them:
 * the one whose origin is older stands, and of one origin the one whose run is newer. A job that is
 * started again from its own state takes over from its earlier run, a zombie included; a job that
 * was started beside it without state never does. Pure.
 */
public final class WriterClaims {
  private static final Comparator<WriterRun> AGE =
      Comparator.comparingLong(WriterRun::getStartedMillis)
          .thenComparing(WriterRun::getId, Long::compareUnsigned);

  private static final Comparator<WriterClaim> STRENGTH =
      Comparator.comparing(WriterClaim::getOrigin, AGE.reversed())
          .thenComparing(WriterClaim::getRun, AGE);

  private WriterClaims() {}

  /**
   * True: a record with the claim is not to be taken, as the other is known; claims of different
   * epochs have nothing to do with each other.
   */
  public static boolean givesWay(WriterClaim claim, WriterClaim other) {
    return claim.getEpoch() == other.getEpoch() && STRENGTH.compare(claim, other) < 0;
  }

  /**
   * Checks a claim.
   *
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}
   */
  public static void check(WriterClaim claim) {
    var unused = ModelVersions.checkedEpoch("writer_claim.epoch", claim.getEpoch());
    check("writer_claim.origin", claim.getOrigin());
    check("writer_claim.run", claim.getRun());
  }

  private static void check(String name, WriterRun run) {
    if (run.getStartedMillis() <= 0 || run.getId() == 0) {
      throw new IllegalArgumentException(
          "%s: started_millis %d, id %s (expected: a time, and another id than 0)"
              .formatted(name, run.getStartedMillis(), Long.toUnsignedString(run.getId())));
    }
  }
}
