package io.waggle.jobs.learn;

import io.waggle.state.model.ModelVersions;

/**
 * A learner's place among those that share a surface.
 *
 * @param shard its number, from 0
 * @param learners how many there are; 1: it is alone and nothing is merged
 * @param attempt drawn at each start, not 0; of one that is alone it means nothing
 * @param epoch the job's, leads every version, attempt and generation
 * @param generation which beginning a policy that begins now goes on from; a later one is larger
 */
record Seat(int shard, int learners, long attempt, long epoch, long generation) {
  /** The only learner of its surface. */
  static final Seat ALONE = new Seat(0, 1, 0, 0, 0);

  boolean isAlone() {
    return learners == 1;
  }

  /** The same place for policies that begin because of what control said then. */
  Seat beginning(long saidMillis) {
    return new Seat(shard, learners, attempt, epoch, generation(saidMillis));
  }

  /** The generation that what control said then begins. */
  long generation(long saidMillis) {
    return ModelVersions.at(epoch, saidMillis);
  }
}
