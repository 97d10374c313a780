package org.partyline.messages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.partyline.messaging.mailbox.Mentions;
import org.partyline.messaging.mailbox.MessageRecord;

/**
 * Searches messages for words: all of them, in any order, case and form. Keeps the newest that fit, and no more than
 * are wanted.
 */
final class WordSearch {
    private static final Comparator<MessageRecord> OLDEST_FIRST =
            Comparator.comparingLong(MessageRecord::sent).thenComparingLong(MessageRecord::id);

    private final List<String> words;
    private final int most;
    private final PriorityQueue<MessageRecord> newest = new PriorityQueue<>(OLDEST_FIRST);

    /** @param most how many are kept */
    WordSearch(String wanted, int most) {
        this.words = words(wanted);
        this.most = most;
    }

    /** What is looked for, in the form in which texts are compared. */
    static List<String> words(String wanted) {
        List<String> all = new ArrayList<>();
        for (String word : Mentions.folded(wanted).split("[\\p{Z}\\s]+")) {
            if (!word.isEmpty()) {
                all.add(word);
            }
        }
        return all;
    }

    /** Looks at a message. Burn messages are shown once, and not here. @param now in milliseconds */
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

    /** What was found, newest first. */
    List<MessageRecord> found() {
        List<MessageRecord> all = new ArrayList<>(newest);
        all.sort(OLDEST_FIRST.reversed());
        return all;
    }
}
