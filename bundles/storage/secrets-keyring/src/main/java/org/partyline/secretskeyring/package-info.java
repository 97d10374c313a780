/** Keeps secrets in the desktop's keyring, through the freedesktop Secret Service. */
package org.partyline.secretskeyring;
