package org.partyline.chat.model;

/**
 * The address of a conversation. Never painted: {@link Talk#shown} is.
 *
 * @param direct whether it is a contact
 * @param name the contact's or the channel's, as it is stored
 */
public record ConversationAddress(boolean direct, String name) {}
