package io.waggle.server.models;

import io.waggle.v1.RegisteredModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The versions that the registry keeps, and which one is served. Any thread. */
public interface VersionDirectory {
  /** The version or null when it is not kept. */
  @Nullable RegisteredModel find(String surface, String policy, long version);

  /** Those of a surface and a policy; empty: of all. In no order. */
  List<RegisteredModel> list(String surface, String policy);

  /** The version that the service ranks with; 0: none. */
  long serving(String surface, String policy);
}
