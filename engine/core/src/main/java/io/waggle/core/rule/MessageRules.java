package io.waggle.core.rule;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks messages against their protovalidate annotations. Protovalidate is the truth and slow
 * (about 8 us a field-poor message, 8 ms for 50 actions x 20 features), so the hot messages have a
 * hand-written check first: when that accepts, the message is valid; when it does not,
 * protovalidate decides and names the fields. A seeded test holds the two together. Rules name what
 * was expected and never repeat a text of the message. Any thread.
 */
public final class MessageRules {
  /** At most so many broken rules are told. */
  public static final int MAX_VIOLATIONS = 20;

  private final Validator validator = ValidatorFactory.newBuilder().build();
  private final ValidActions valid;

  /** Looks through every message anew. */
  public MessageRules() {
    this(ValidActions.NONE);
  }

  /** Passes over actions that were valid before. */
  public MessageRules(ValidActions valid) {
    this.valid = valid;
  }

  /**
   * Broken rules, at most 20; empty: valid. First the fields' own rules; when all hold, those
   * between fields: action ids are unique, a decision's order and probabilities fit its actions.
   */
  public List<Violation> check(Message message) {
    if (!FastChecks.accepts(message, valid)) {
      List<Violation> violations = protovalidate(Suspects.only(message));
      if (!violations.isEmpty()) {
        return violations;
      }
    }
    return CrossFieldRules.check(message);
  }

  /** Broken annotations alone, by protovalidate itself. */
  List<Violation> protovalidate(Message message) {
    List<Violation> violations = new ArrayList<>();
    try {
      for (build.buf.protovalidate.Violation violation :
          validator.validate(message).getViolations()) {
        if (violations.size() == MAX_VIOLATIONS) {
          break;
        }
        build.buf.validate.Violation found = violation.toProto();
        violations.add(
            new Violation(FieldPaths.text(found.getField()), RuleWords.of(found, message)));
      }
    } catch (ValidationException e) {
      // The annotations themselves are wrong: a bug of ours, never of the message.
      throw new IllegalStateException(
          "rules of " + message.getDescriptorForType().getFullName(), e);
    }
    return violations;
  }
}
