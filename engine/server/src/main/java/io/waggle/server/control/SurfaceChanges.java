package io.waggle.server.control;

import io.grpc.StatusRuntimeException;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.server.wire.Refusal;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.ModelPin;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.WriterEpoch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Writes what is to change to topic control. One change at a time in this process, each from the
 * newest state this process knows, its own writes included, so that concurrent changes lose
 * nothing; between two services the later write wins, see {@link FollowedSurfaces}. Blocks; any
 * thread but an event loop's.
 */
public final class SurfaceChanges {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * A surface that was changed.
   *
   * @param before as the change found it
   * @param basedOn its revision, see {@link FollowedSurfaces#revision}
   * @param after as the change left it; equal to {@code before} where nothing changed
   * @param revision of that
   */
  public record Changed(Surface before, long basedOn, Surface after, long revision) {}

  /**
   * An epoch that was put in charge.
   *
   * @param previousEpoch the one in charge before; 0: none
   * @param revision when it was said, see {@link #rollBack}
   */
  public record Promoted(long previousEpoch, long revision) {}

  private final FollowedSurfaces surfaces;
  private final BooleanSupplier caughtUp;
  private final ControlLog log;
  private final InstantSource clock;
  private final ReentrantLock turn = new ReentrantLock(true);
  // Guarded by `turn`.
  private long newestMillis;

  /**
   * Writes changes.
   *
   * @param caughtUp true once topic control has been read up to the end it had at the start
   */
  public SurfaceChanges(
      FollowedSurfaces surfaces, BooleanSupplier caughtUp, ControlLog log, InstantSource clock) {
    this.surfaces = surfaces;
    this.caughtUp = caughtUp;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Changes a surface; returns when the log has it and this service follows it, or at once when
   * nothing changes.
   *
   * @param edit makes the new configuration from the present one; may refuse
   * @return the surface before and after
   * @throws StatusRuntimeException what {@code edit} refuses; NOT_FOUND: no such surface;
   *     UNAVAILABLE: the log is away or not read yet, or others change something all the time
   */
  public Changed change(String surface, String author, UnaryOperator<SurfaceConfig> edit) {
    return inTurn(
        () -> {
          Surface file = surfaces.file(surface);
          Surface now = surfaces.get().find(surface);
          if (file == null || now == null) {
            throw Refusal.unknownSurface("surface", surface);
          }
          if (!caughtUp.getAsBoolean()) {
            throw Refusal.unavailable("topic control has not been read yet; try again");
          }
          SurfaceConfig next = edit.apply(now.config());
          long basedOn = surfaces.revision(surface);
          if (next.equals(now.config())) {
            return new Changed(now, basedOn, now, basedOn);
          }
          Control control =
              Control.newBuilder()
                  .setCreatedMillis(nextMillis(basedOn))
                  .setBasedOnMillis(basedOn)
                  .setFileFingerprint(SurfaceControl.fingerprint(file.config()))
                  .setAuthor(author)
                  .setSurface(next)
                  .build();
          surfaces.follow(control, log.write(Topics.surfaceControlKey(surface), control));
          return new Changed(now, basedOn, Surface.of(next), control.getCreatedMillis());
        });
  }

  /**
   * Asks the learning job to go back to a version; returns when the log has it.
   *
   * @return when it was said, milliseconds since 1970 UTC, made unique: grows with each change
   */
  public long rollBack(ModelRollback rollback, String author) {
    return write(
        Topics.rollbackControlKey(rollback.getSurface(), rollback.getPolicy()),
        Control.newBuilder().setRollback(rollback).setAuthor(author));
  }

  /**
   * Asks for a version to be kept, or no longer; returns when the log has it.
   *
   * @return when it was said, see {@link #rollBack}
   */
  public long pin(ModelPin pin, String author) {
    return write(
        Topics.pinControlKey(pin.getSurface(), pin.getPolicy(), pin.getVersion()),
        Control.newBuilder().setPin(pin).setAuthor(author));
  }

  /**
   * Puts the learning job of an epoch in charge; returns when the log has it.
   *
   * @return the epoch in charge before, as far as this service knows, and when it was said
   * @throws StatusRuntimeException FAILED_PRECONDITION: it is not larger than that; UNAVAILABLE:
   *     the log is away or not read yet
   */
  public Promoted promote(long epoch, String author, WriterFence fence) {
    return inTurn(
        () -> {
          if (!caughtUp.getAsBoolean()) {
            throw Refusal.unavailable("topic control has not been read yet; try again");
          }
          long before = fence.epoch();
          if (epoch <= before) {
            throw Refusal.failedPrecondition(
                "epoch: %d (expected: more than %d, which is in charge)".formatted(epoch, before));
          }
          long revision =
              logged(
                  Topics.writerEpochControlKey(epoch),
                  Control.newBuilder()
                      .setAuthor(author)
                      .setWriterEpoch(WriterEpoch.newBuilder().setEpoch(epoch)));
          fence.inCharge(epoch);
          return new Promoted(before, revision);
        });
  }

  private long write(String key, Control.Builder control) {
    return inTurn(() -> logged(key, control));
  }

  /** In turn. */
  private long logged(String key, Control.Builder control) {
    long millis = nextMillis(0);
    var unused = log.write(key, control.setCreatedMillis(millis).build());
    return millis;
  }

  /** Times grow per key, and here over all keys. */
  private long nextMillis(long after) {
    newestMillis = Math.max(clock.millis(), Math.max(newestMillis, after) + 1);
    return newestMillis;
  }

  private <T> T inTurn(Supplier<T> change) {
    try {
      if (!turn.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw Refusal.unavailable("other changes are being written; try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.unavailable("the service is stopping");
    }
    try {
      return change.get();
    } finally {
      turn.unlock();
    }
  }
}
