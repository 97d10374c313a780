package org.partyline.chat.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A conversation as the list shows it.
 *
 * @param place where
 * @param shown its name, safe to paint
 * @param about a few words on it, safe to paint
 * @param trust of a contact
 * @param unread messages not shown yet
 * @param attention that these want
 * @param last when the last one came or went
 * @param carrier of messages that name none; empty: as the server's setting says
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
