package io.waggle.core.constraint;

import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What constraints look at.
 *
 * @param actions all that are offered, at least one
 * @param context the request's features
 * @param sessionFeatures the session's features
 * @param session the user's session; null: none is known
 * @param settings how sessions are cut
 * @param timeMillis when the ranking is for, milliseconds since 1970 UTC
 * @param slots slots to fill; 0: a single ranking
 */
public record Situation(
    List<Action> actions,
    List<Namespace> context,
    List<Namespace> sessionFeatures,
    @Nullable Session session,
    SessionSettings settings,
    long timeMillis,
    int slots) {

  /** Values of a feature of the context, or of the session where the context has it not. */
  List<String> values(Attribute attribute) {
    List<String> values = attribute.valuesIn(context);
    return values.isEmpty() ? attribute.valuesIn(sessionFeatures) : values;
  }

  /** The number likewise; NaN where there is none. */
  double number(Attribute attribute) {
    double number = attribute.numberIn(context);
    return Double.isNaN(number) ? attribute.numberIn(sessionFeatures) : number;
  }
}
