package io.waggle.app.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reader opens the front page.
 *
 * @param reader index in the population
 * @param userId what the service knows the reader by
 * @param number of this reader's page views, from 0, over all sessions
 * @param offered 10 to 50 stories, in random order
 * @param lastRead category of the story read last in this session; null: none yet
 * @param impatient the reader goes from page to page quickly in this session
 */
record PageView(
    int reader,
    String userId,
    long number,
    Audience audience,
    Situation situation,
    List<Article> offered,
    @Nullable String lastRead,
    boolean impatient) {
  PageView {
    offered = List.copyOf(offered);
  }

  /** Names the decision: unique, and the same in every run of the same seed. */
  String decisionId(String run) {
    return run + "-" + userId + "-" + number;
  }
}
