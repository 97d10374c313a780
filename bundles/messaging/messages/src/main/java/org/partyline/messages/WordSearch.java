package org.partyline.messages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.partyline.messaging.mailbox.Mentions;
import org.partyline.messaging.mailbox.MessageRecord;

/**
 * Searches messages for words: all of them, in any order, case and form. Returns the newest matches, up to a maximum.
 */
final class WordSearch {
    private static final Comparator<MessageRecord> OLDEST_FIRST =
            Comparator.comparingLong(MessageRecord::sent).thenComparingLong(MessageRecord::id);

    private final List<String> words;
    private final int most;
    private final PriorityQueue<MessageRecord> newest = new PriorityQueue<>(OLDEST_FIRST);

    /** @param most the maximum number of matches */
    WordSearch(String wanted, int most) {
        this.words = words(wanted);
        this.most = most;
    }

    /** Returns the search words in the form in which texts are compared. */
    static List<String> words(String wanted) {
        List<String> all = new ArrayList<>();
        for (String word : Mentions.folded(wanted).split("[\\p{Z}\\s]+")) {
            if (!word.isEmpty()) {
                all.add(word);
            }
        }
        return all;
    }

    /** Examines a message. Burn messages are skipped, since they are shown only once. @param now in milliseconds */
    void look(MessageRecord message, long now) {
        if (message.expires() <= now || message.burn() || message.notice() || !fits(message.text())) {
            return;
        }
        newest.add(message);
        if (newest.size() > most) {
            newest.remove();
        }
    }

    private boolean fits(String text) {
        String folded = Mentions.folded(text);
        return words.stream().allMatch(folded::contains);
    }

    /** Returns the matches, newest first. */
    List<MessageRecord> found() {
        List<MessageRecord> all = new ArrayList<>(newest);
        all.sort(OLDEST_FIRST.reversed());
        return all;
    }
}
