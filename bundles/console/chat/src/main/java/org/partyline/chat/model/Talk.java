package org.partyline.chat.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A conversation as the list shows it.
 *
 * @param place its address
 * @param shown its name, safe to paint
 * @param about a short description, safe to paint
 * @param trust of a contact
 * @param unread number of unread messages
 * @param attention how strongly they are highlighted
 * @param last time of the latest message
 * @param carrier of messages that name none; empty for the server's default
 */
public record Talk(
        ConversationAddress place,
        String shown,
        String about,
        Trust trust,
        int unread,
        Attention attention,
        Optional<Instant> last,
        String carrier) {}
