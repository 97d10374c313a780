package org.partyline.messaging.mailbox;

/** Phrases the notice about a gap. */
final class GapText {
    private GapText() {}

    /** @param contact the contact's name here */
    static String ofContact(StoredGap gap, String contact) {
        return sentence(gap, " from " + contact);
    }

    /**
     * What someone chose to be called comes last and in quotes: it must not read as if it were our words.
     *
     * @param nickname empty: none
     */
    static String ofNickname(StoredGap gap, String nickname) {
        return nickname.isEmpty()
                ? sentence(gap, " from a sender without a name")
                : sentence(gap, "") + " The sender's nickname is '" + nickname + "'";
    }

    private static String sentence(StoredGap gap, String from) {
        if (gap.most() == 1) {
            return "A message" + from + " may be missing here"
                    + (gap.mayArrive() ? ". It can still arrive." : " (replaced or lost before this server saw it).");
        }
        return "Up to " + gap.most() + " messages" + from + " are missing here"
                + (gap.mayArrive() ? ". They can still arrive." : " (replaced or lost before this server saw them).");
    }
}
