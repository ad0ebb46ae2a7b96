package io.waggle.server.log;

import com.google.protobuf.CodedOutputStream;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decisions as bytes. Nearly all of a decision is its actions, whose bytes are copied where they
 * are known; they come after the other fields, which protobuf reads as it does any order. Any
 * thread.
 */
public final class DecisionBytes {
  private static final int ACTIONS = Decision.ACTIONS_FIELD_NUMBER;

  private final Function<Action, byte @Nullable []> known;

  /**
   * Copies bytes that are known.
   *
   * @param known bytes of an action; null: it has to be serialised
   */
  public DecisionBytes(Function<Action, byte @Nullable []> known) {
    this.known = known;
  }

  /** The message that {@link Decision#parseFrom(byte[])} reads as this decision. */
  public byte[] of(Decision decision) {
    Decision rest = decision.toBuilder().clearActions().build();
    int count = decision.getActionsCount();
    byte[][] actions = new byte[count][];
    int size = rest.getSerializedSize();
    for (int i = 0; i < count; i++) {
      Action action = decision.getActions(i);
      byte[] bytes = known.apply(action);
      actions[i] = bytes == null ? action.toByteArray() : bytes;
      size += CodedOutputStream.computeByteArraySize(ACTIONS, actions[i]);
    }
    byte[] all = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(all);
    try {
      rest.writeTo(out);
      for (byte[] action : actions) {
        out.writeByteArray(ACTIONS, action);
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes what it has room for", e);
    }
    return all;
  }
}
