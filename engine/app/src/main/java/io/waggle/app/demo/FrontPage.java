package io.waggle.app.demo;

import com.google.protobuf.Duration;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.PushConfig;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The surface of the news front page: the file in the resources with the newsroom's catalogue. */
public final class FrontPage {
  /** The surface's name. */
  public static final String NAME = "front-page";

  /** The policy that answers most users. */
  static final String AWARE = "session-aware";

  /** The candidate that cannot see sessions; answers a share of the users. */
  static final String BLIND = "session-blind";

  /** The candidate that explores in another way; answers nobody. */
  static final String OTHER = "epsilon-greedy";

  /** Every story alike; answers a share of the users. */
  static final String UNIFORM = "uniform";

  /** What the newsroom writes is the same every day. */
  static final long NEWSROOM_SEED = 1;

  private FrontPage() {}

  /** The surface, its catalogue filled in and pushed after every interaction. */
  public static SurfaceConfig config() {
    SurfaceConfig.Builder config = SurfaceFiles.parse(yaml()).toBuilder();
    for (Article article : new Newsroom(NEWSROOM_SEED).articles()) {
      config.addCatalogue(Newsroom.action(article));
    }
    return config.setPush(PushConfig.newBuilder().setEnabled(true)).build();
  }

  /**
   * The same for readers who live fast: a pause of ten seconds ends a session, rewards wait for
   * three.
   */
  public static SurfaceConfig fast() {
    SurfaceConfig.Builder config = config().toBuilder();
    config.getRewardBuilder().setWait(Duration.newBuilder().setSeconds(3));
    config.getSessionBuilder().setGap(Duration.newBuilder().setSeconds(10));
    return config.build();
  }

  private static String yaml() {
    try (InputStream file = FrontPage.class.getResourceAsStream("/" + NAME + ".yaml")) {
      if (file == null) {
        throw new IllegalStateException(NAME + ".yaml is not on the class path");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
