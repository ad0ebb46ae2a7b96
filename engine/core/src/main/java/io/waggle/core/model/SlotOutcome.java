package io.waggle.core.model;

/**
 * What came of one slot.
 *
 * @param action index of its action
 * @param cost minus the slot's reward; smaller is better
 * @param propensity probability with which the action was chosen given the slots before, in (0, 1]
 */
public record SlotOutcome(int action, double cost, double propensity) {}
