package org.partyline.messaging.state;

/**
 * Notifies several listeners of events.
 *
 * @param bus the other stages
 * @param events programs that follow messages
 * @param security the operator
 */
public record Notices(Bus bus, EventHub events, SecurityLog security) {}
