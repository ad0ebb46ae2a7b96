package io.waggle.jobs.merge;

import io.waggle.v1.ModelContribution;
import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterStanding;
import org.jspecify.annotations.Nullable;

/**
 * As whom a policy's merged models are published, as its learners say. They hear of a change one
 * after the other and only ever in one direction: what an earlier one still says does not count.
 *
 * @param standing null: none has said anything yet
 * @param writer who publishes
 */
record Publisher(@Nullable WriterStanding standing, WriterClaim writer) {
  static final Publisher UNKNOWN = new Publisher(null, WriterClaim.getDefaultInstance());

  /** The same after a contribution. */
  Publisher heard(ModelContribution contribution) {
    WriterStanding said = contribution.getStanding();
    return standing == null || order(said) > order(standing)
        ? new Publisher(said, contribution.getWriter())
        : this;
  }

  private static int order(WriterStanding standing) {
    return switch (standing) {
      case WRITER_STANDING_STANDBY -> 0;
      case WRITER_STANDING_FENCED -> 2;
      default -> 1;
    };
  }

  boolean isKnown() {
    return standing != null;
  }

  boolean isInCharge() {
    return standing == WriterStanding.WRITER_STANDING_UNSPECIFIED;
  }

  boolean isFenced() {
    return standing == WriterStanding.WRITER_STANDING_FENCED;
  }
}
