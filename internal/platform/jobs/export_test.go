package jobs

// For tests.
var ErrorText = errorText

const PruneBatch = pruneBatch
