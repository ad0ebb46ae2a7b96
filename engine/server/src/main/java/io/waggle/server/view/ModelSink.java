package io.waggle.server.view;

import io.waggle.state.model.ServableModel;

/** Where whole model versions go. Called on one thread. */
@FunctionalInterface
public interface ModelSink {
  /** Puts a version into service; true when it serves now. */
  boolean apply(ServableModel model);
}
