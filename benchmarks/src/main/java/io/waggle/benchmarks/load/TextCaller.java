package io.waggle.benchmarks.load;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Session;
import java.util.List;

/**
 * Predicts on the sender's thread as an app does that holds the model itself: the session's
 * features, the example as text, Vowpal Wabbit's own prediction. Nothing is checked, drawn or
 * logged.
 */
final class TextCaller implements Caller {
  private final VowpalWabbitLearner learner;
  private final Requests requests;
  private final List<Session> sessions;

  /** Of a model; session {@code i} is that of request {@code i}. */
  TextCaller(String arguments, byte[] model, Requests requests, List<Session> sessions) {
    this.learner = VowpalWabbitLearner.open(arguments, model);
    this.requests = requests;
    this.sessions = List.copyOf(sessions);
  }

  @Override
  public void send(long number, Ended ended) {
    RankRequest request = requests.message(number);
    long nowMillis = System.currentTimeMillis();
    Example example =
        new Example(
            request.getContextList(),
            SessionFeatures.of(
                sessions.get((int) (number % sessions.size())), nowMillis, SessionSettings.DEFAULT),
            request.getActionsList(),
            nowMillis,
            List.of());
    var unused = learner.predict(example);
    ended.answered();
  }

  @Override
  public void close() {
    learner.close();
  }
}
