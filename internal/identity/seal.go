package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

// sealed marks a secret that is stored encrypted.
const sealed = "sealed:"

// seal encrypts the secret of a second factor for storage, bound to its owner, so
// that a stolen copy of the database gives no codes and a row cannot lend another
// its secret. Without a key it is stored as it is.
func (s *Service) seal(personID, secret string) (string, error) {
	if len(s.deps.Key) == 0 {
		return secret, nil
	}
	box, err := s.box()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return sealed + base64.RawStdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(secret), []byte(personID))), nil
}

// open returns what seal was given. A secret that does not open (another key, another
// owner) is none: no code fits it, and a recovery code or a reset helps.
func (s *Service) open(personID, stored string) string {
	raw, ok := strings.CutPrefix(stored, sealed)
	if !ok {
		return stored
	}
	box, err := s.box()
	if err != nil {
		return ""
	}
	b, err := base64.RawStdEncoding.DecodeString(raw)
	if err != nil || len(b) < box.NonceSize() {
		return ""
	}
	secret, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], []byte(personID))
	if err != nil {
		return ""
	}
	return string(secret)
}

func (s *Service) box() (cipher.AEAD, error) {
	if len(s.deps.Key) == 0 {
		return nil, errors.New("identity: no key")
	}
	block, err := aes.NewCipher(s.deps.Key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
