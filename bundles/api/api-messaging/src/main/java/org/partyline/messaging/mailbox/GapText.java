package org.partyline.messaging.mailbox;

/** Phrases the notice about a gap. */
final class GapText {
    private GapText() {}

    /** @param contact the contact's local name */
    static String ofContact(StoredGap gap, String contact) {
        return sentence(gap, " from " + contact);
    }

    /**
     * A chosen nickname comes last and in quotes, so that it cannot be mistaken for text of this program.
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
