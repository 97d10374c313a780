/** Keeps secrets in one file, sealed under a passphrase from the service manager or another file. */
package org.partyline.secretsfile;
